/** Images that a certificate has signed, in a real registry: we agree with the real `cosign verify`, on what counts and what does not. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProgram } from '../../src/cli/program.ts';
import { verifyImageCommand } from '../../src/cli/verify/image.ts';
import { recordContext } from '../support/command-context.ts';
import { Cosign } from '../support/images/cosign-program.ts';
import {
  BUNDLE,
  formatBundle,
  legacyAnnotations,
  logEnvelope,
  logSignature,
  OTHER_DIGEST,
  preAuthEncoding,
  signBytes,
  SIMPLE_SIGNING,
  simpleSigning,
  stamp,
  statement,
  type LoggedSample,
} from '../support/images/image-samples.ts';
import { RegistryServer, type AttachedSample } from '../support/images/registry-server.ts';
import { emailName, pem, type Issued } from '../support/signatures/certificate-builder.ts';
import { SigstoreInstance } from '../support/signatures/sigstore-instance.ts';

const ISSUER = 'https://accounts.example.com';
const EMAIL = 'ada@example.com';

type Layer = AttachedSample['layer'];

interface Case {
  readonly name: string;
  /** The code of our verdict. cosign must agree whether the signature counts. */
  readonly expected: string;
  readonly layer: (digest: string) => Layer | Promise<Layer>;
  readonly issuer?: string;
  readonly identity?: string;
  readonly suffix?: 'sig';
}

const instance = await SigstoreInstance.start();
const stranger = await SigstoreInstance.start();
const ada = await instance.issue({ names: [emailName(EMAIL)], issuer: ISSUER });
const eve = await instance.issue({ names: [emailName('eve@example.com')], issuer: ISSUER });

interface Signed {
  readonly payload: Buffer;
  readonly bytes: Buffer;
  readonly signature: Buffer;
}

function signStatement(digest: string, signer: Issued = ada): Signed {
  const payload = statement(digest);
  const bytes = preAuthEncoding(payload);
  return { payload, bytes, signature: signBytes(signer, bytes) };
}

function toLayer(
  { payload, signature }: Signed,
  entries: readonly LoggedSample[],
  options: { readonly signer?: Issued; readonly timestamps?: readonly Buffer[] } = {},
): Layer {
  const { signer = ada, timestamps = [] } = options;
  const { certificate } = signer;
  const value = formatBundle({ certificate, payload, signature, entries, timestamps });
  return { bytes: Buffer.from(JSON.stringify(value)), mediaType: BUNDLE };
}

function bundle(digest: string, signer: Issued = ada): Layer {
  const signed = signStatement(digest, signer);
  return toLayer(signed, [logEnvelope(instance, { signer, ...signed })], { signer });
}

function legacy(
  digest: string,
  log = (bytes: Buffer, signature: Buffer) =>
    logSignature(instance, { signer: ada, bytes, signature }),
): Layer {
  const bytes = simpleSigning(digest);
  const signature = signBytes(ada, bytes);
  const certificatePem = pem(ada.certificate);
  const annotations = legacyAnnotations({
    signature,
    certificatePem,
    logged: log(bytes, signature),
  });
  return { bytes, mediaType: SIMPLE_SIGNING, annotations };
}

const CASES: readonly Case[] = [
  { name: 'a bundle with an entry of Rekor v1', expected: 'verified', layer: bundle },
  {
    name: 'a bundle with an entry of Rekor v2 and a timestamp',
    expected: 'verified',
    layer: async (digest) => {
      const signed = signStatement(digest);
      const entry = logSignature(instance, { signer: ada, ...signed }, '0.0.2');
      return toLayer(signed, [entry], { timestamps: [await stamp(instance, signed.signature)] });
    },
  },
  {
    name: 'an entry of Rekor v2 without a timestamp',
    expected: 'transparency_log_entry_invalid',
    layer: (digest) => {
      const signed = signStatement(digest);
      return toLayer(signed, [logSignature(instance, { signer: ada, ...signed }, '0.0.2')]);
    },
  },
  {
    name: 'a timestamp of another signature',
    expected: 'transparency_log_entry_invalid',
    layer: async (digest) => {
      const signed = signStatement(digest);
      const entry = logSignature(instance, { signer: ada, ...signed }, '0.0.2');
      return toLayer(signed, [entry], {
        timestamps: [await stamp(instance, Buffer.from('other'))],
      });
    },
  },
  {
    name: 'another issuer',
    expected: 'identity_not_accepted',
    layer: bundle,
    issuer: 'https://accounts.example.org',
  },
  {
    name: 'another subject',
    expected: 'identity_not_accepted',
    layer: bundle,
    identity: 'da@example.com',
  },
  {
    name: 'a statement about another image',
    expected: 'subject_mismatch',
    layer: () => bundle(OTHER_DIGEST),
  },
  {
    name: 'no entry of the log',
    expected: 'transparency_log_entry_missing',
    layer: (digest) => toLayer(signStatement(digest), []),
  },
  {
    name: 'an entry about another certificate',
    expected: 'transparency_log_entry_invalid',
    layer: (digest) => {
      const signed = signStatement(digest);
      return toLayer(signed, [logEnvelope(instance, { signer: eve, ...signed })]);
    },
  },
  {
    name: 'an entry about another signature',
    expected: 'transparency_log_entry_invalid',
    layer: (digest) =>
      toLayer(signStatement(digest), [
        logEnvelope(instance, { signer: ada, ...signStatement(digest) }),
      ]),
  },
  {
    name: 'the certificate of another instance',
    expected: 'certificate_invalid',
    layer: async (digest) => {
      const signer = await stranger.issue({ names: [emailName(EMAIL)], issuer: ISSUER });
      return bundle(digest, signer);
    },
  },
  {
    name: 'a legacy signature with its promise',
    expected: 'verified',
    layer: (digest) => legacy(digest),
    suffix: 'sig',
  },
  {
    name: 'a legacy signature whose promise is about other bytes',
    expected: 'transparency_log_entry_invalid',
    layer: (digest) =>
      legacy(digest, (_bytes, signature) =>
        logSignature(instance, { signer: ada, bytes: Buffer.from('other'), signature }),
      ),
    suffix: 'sig',
  },
  {
    name: 'a legacy signature whose promise is about another certificate',
    expected: 'transparency_log_entry_invalid',
    layer: (digest) =>
      legacy(digest, (bytes, signature) =>
        logSignature(instance, { signer: eve, bytes, signature }),
      ),
    suffix: 'sig',
  },
];

test('images signed by certificates, and the real cosign', async (t) => {
  const registry = await RegistryServer.start(t);
  const cosign = await Cosign.open(t);
  const root = JSON.stringify(instance.trustedRoot());
  await writeFile(join(cosign.folder, 'trusted_root.json'), root);

  async function ours(image: string, issuer: string, identity: string): Promise<string> {
    const recorded = recordContext({ workingDirectory: cosign.folder });
    const access = ['--plain-http', registry.host, '--private-host', registry.host];
    const who = ['--certificate-oidc-issuer', issuer, '--certificate-identity', identity];
    const argv = [
      'verify',
      'image',
      image,
      '--trusted-root',
      'trusted_root.json',
      ...who,
      ...access,
    ];
    const status = await runProgram(argv, {
      commands: [verifyImageCommand],
      groups: { verify: 'Verify' },
      version: '0',
      context: recorded.context,
    });
    if (status === 'ok') return 'verified';
    const line = recorded.printed().split('\n').at(-1) ?? '';
    return /^rejected {4}(?<code>\w+): /u.exec(line)?.groups?.['code'] ?? `${status}: ${line}`;
  }

  for (const [index, one] of CASES.entries()) {
    const { name, expected, issuer = ISSUER, identity = EMAIL, suffix } = one;
    await t.test(`${name}: ${expected}`, async () => {
      const repository = `shop${index}`;
      const digest = await registry.push(repository, 'v1');
      const layer = await one.layer(digest);
      await registry.attach(repository, { image: digest, layer, ...(suffix && { suffix }) });
      const image = `${registry.host}/${repository}@${digest}`;

      assert.equal(await ours(image, issuer, identity), expected);
      const theirs = await cosign.verifyCertificate(image, issuer, identity);
      assert.equal(theirs, expected === 'verified', `cosign says ${theirs}`);
    });
  }
});
