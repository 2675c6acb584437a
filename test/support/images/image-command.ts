/** `holdfast verify image` against a registry in this process: its output, and layers to put beside the image. */
import type { TestContext } from 'node:test';
import { runProgram } from '../../../src/cli/program.ts';
import { verifyImageCommand } from '../../../src/cli/verify/image.ts';
import { recordContext } from '../command-context.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { FakeRegistry, type FakeRegistryOptions } from './fake-registry.ts';
import {
  BUNDLE,
  formatBundle,
  legacyLayer,
  makeKeys,
  preAuthEncoding,
  publicPem,
  putImage,
  signBytes,
  simpleSigning,
  statement,
  type Keys,
} from './image-samples.ts';

export const keys = makeKeys();
export const otherKeys = makeKeys();

/** A layer with a signature of cosign before version 3. */
export function legacy(digest: string, pair: Keys = keys) {
  return legacyLayer({ payload: simpleSigning(digest), signer: pair });
}

/** A layer with a bundle of cosign 3: a signature, or an attestation of the type. */
export function bundle(
  digest: string,
  {
    predicateType,
    predicate,
    pair = keys,
  }: { readonly predicateType?: string; readonly predicate?: object; readonly pair?: Keys } = {},
) {
  const payload = statement(digest, predicateType, predicate);
  const signature = signBytes(pair, preAuthEncoding(payload));
  const bytes = Buffer.from(JSON.stringify(formatBundle({ payload, signature })));
  return { bytes, mediaType: BUNDLE };
}

/** An image `shop:1.4.0`, and the command in a folder with the public keys. */
export async function openImage(t: TestContext, options: FakeRegistryOptions = {}) {
  const registry = await FakeRegistry.start(t, options);
  const image = putImage(registry, 'shop', '1.4.0');
  const folder = await makeTemporaryFolder(t, {
    'cosign.pub': publicPem(keys),
    'other.pub': publicPem(otherKeys),
  });
  const run = async (argv: readonly string[], reference = 'shop:1.4.0') => {
    const recorded = recordContext({ workingDirectory: folder });
    const { host } = registry;
    const access =
      options.tls === undefined
        ? ['--plain-http', host, '--private-host', host]
        : ['--private-host', host];
    const status = await runProgram(
      ['verify', 'image', `${host}/${reference}`, ...access, ...argv],
      {
        commands: [verifyImageCommand],
        groups: { verify: 'Verify' },
        version: '0',
        context: recorded.context,
      },
    );
    return { status, printed: recorded.printed(), reported: recorded.reported() };
  };
  /** A line as a person types it; it has no quotes. */
  const type = async (line: string) => {
    const recorded = recordContext({ workingDirectory: folder });
    const [program, ...argv] = line.split(' ');
    if (program !== 'holdfast') throw new Error(`Not a command of holdfast: ${line}`);
    const status = await runProgram(argv, {
      commands: [verifyImageCommand],
      groups: { verify: 'Verify' },
      version: '0',
      context: recorded.context,
    });
    return { status, printed: recorded.printed(), reported: recorded.reported() };
  };
  return { registry, image, folder, run, type };
}

/** Trusts `keys`. */
export const KEY = ['--key', 'cosign.pub'];

/** The verdict. */
export function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? '';
}
