/** `holdfast policy sign`. */
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { DAY, SECOND } from '../../settings/limit.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { bundleArgument, readBundleArgument } from './bundle-argument.ts';

/** Ten years: who wants more wants none. */
const DAYS_MAX = 3650;

/** Writes `.signatures.json` into the bundle. */
export const policySignCommand: CommandDefinition = {
  name: 'policy sign',
  summary: 'Sign a bundle, for Holdfast and for OPA',
  description:
    'Writes .signatures.json into BUNDLE, in the format of OPA, in place of an earlier signature: every other file is covered by\n' +
    'it. Put the public part of the key into policies.keys; Holdfast then refuses a bundle without a valid signature.',
  arguments: [bundleArgument],
  options: [
    {
      name: 'key',
      value: 'FILE',
      summary: 'the private key, as PEM or JSON: Ed25519, P-256 or RSA',
    },
    {
      name: 'key-id',
      value: 'ID',
      summary: 'by which OPA finds the key (default: the thumbprint of the key)',
    },
    { name: 'scope', value: 'SCOPE', summary: 'what the bundle is for (default: no scope)' },
    {
      name: 'expires-in-days',
      value: 'DAYS',
      summary: 'after which the bundle is not taken any more; one in force stays (default: never)',
    },
    { name: 'out', value: 'BUNDLE', summary: 'where to write it (default: in place)' },
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    {
      line: 'policy sign bundle.tar.gz --key bundle-key.pem',
      note: 'openssl genpkey -algorithm ed25519 makes a key',
    },
    {
      line: 'policy sign bundle.tar.gz --key bundle-key.pem --scope production --expires-in-days 90',
      note: 'for these clusters, and not for ever',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const keyFile = input.text('key');
  if (keyFile === undefined) {
    throw new HoldfastError('argument_invalid', 'Name the file of the private key with --key');
  }
  const days = readDays(input.text('expires-in-days'));
  const { readBundleSigningKey } = await import('../../policy/bundle/read-bundle-keys.ts');
  const { signBundle } = await import('../../policy/bundle/sign-bundle.ts');
  const { refuseForeignOutput, writeBundle } = await import('../../authoring/write-bundle.ts');
  const key = await readBundleSigningKey(resolve(context.workingDirectory, keyFile));
  const [name = ''] = input.arguments;
  const { path, files } = await readBundleArgument(context, name);
  const out = input.text('out');
  const output = out === undefined ? path : resolve(context.workingDirectory, out);
  // In whole seconds, as the signature has them.
  const nowMs = Math.floor(systemClock.wallMs() / SECOND) * SECOND;
  const expiresAtMs = days === undefined ? undefined : nowMs + days * DAY;
  const signed = await signBundle(files, {
    key,
    keyId: input.text('key-id'),
    scope: input.text('scope'),
    nowMs,
    expiresAtMs,
  });
  if (!signed.ok) {
    throw new HoldfastError(
      'policy_bundle_invalid',
      `"${name}" cannot be signed: ${signed.reason}`,
    );
  }
  await refuseForeignOutput(output);
  await writeBundle(output, signed.value);
  const expires = expiresAtMs === undefined ? undefined : new Date(expiresAtMs).toISOString();
  printAnswer(context, input, {
    table: () =>
      `Signed ${signed.value.size - 1} files of ${out ?? name} with ${key.algorithm} key ${key.keyId}${
        expires === undefined ? '' : `, until ${expires}`
      }`,
    json: () =>
      JSON.stringify({
        files: signed.value.size - 1,
        keyId: key.keyId,
        algorithm: key.algorithm,
        expires,
      }),
  });
  return 'ok';
}

function readDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= DAYS_MAX) return days;
  throw new HoldfastError(
    'argument_invalid',
    `--expires-in-days ${text}: expected a whole number from 1 to ${DAYS_MAX}`,
  );
}
