/**
 * Images that a certificate has signed, in two real registries, one without and one with a list of referrers: we agree with the
 * real `cosign verify` and `cosign verify-attestation`, or the table says why not.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildExtensions } from '../support/images/build-extensions.ts';
import { Cosign } from '../support/images/cosign-program.ts';
import {
  BUNDLE,
  formatBundle,
  IN_TOTO,
  ENVELOPE,
  legacyAnnotations,
  logKeySignature,
  makeKeys,
  publicPem,
  logEnvelope,
  logSignature,
  OTHER_DIGEST,
  preAuthEncoding,
  provenance,
  signBytes,
  SIMPLE_SIGNING,
  simpleSigning,
  stamp,
  statement,
  type LoggedSample,
} from '../support/images/image-samples.ts';
import { judgeImage } from '../support/images/judge-image.ts';
import { RegistryServer, type AttachedSample } from '../support/images/registry-server.ts';
import { emailName, pem, uriName, type Issued } from '../support/signatures/certificate-builder.ts';
import { SigstoreInstance } from '../support/signatures/sigstore-instance.ts';

const ISSUER = 'https://accounts.example.com';
const EMAIL = 'ada@example.com';
const WORKFLOW = 'https://example.com/team/shop/.github/workflows/build.yml@refs/heads/main';
const SOURCE = 'https://example.com/team/shop';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const PROVENANCE = 'https://slsa.dev/provenance/v1';
const keys = makeKeys();

type Layer = AttachedSample['layer'];

interface Case {
  readonly name: string;
  /** The code of our verdict. */
  readonly expected: string;
  /** Why cosign says the opposite. Absent: it agrees. */
  readonly difference?: string;
  readonly layer: (digest: string) => Layer | Promise<Layer>;
  readonly issuer?: string;
  readonly identity?: string;
  readonly suffix?: 'sig' | 'att';
  /** An attestation of this type is asked for, and no signature. */
  readonly type?: string;
  /** Options that ask for more. */
  readonly asked?: readonly string[];
}

const instance = await SigstoreInstance.start();
const stranger = await SigstoreInstance.start();
const ada = await instance.issue({ names: [emailName(EMAIL)], issuer: ISSUER });
const workflow = await instance.issue({ names: [uriName(WORKFLOW)], issuer: ISSUER });
const built = await instance.issue({
  names: [uriName(WORKFLOW)],
  issuer: ISSUER,
  extensions: buildExtensions({
    buildSigner: WORKFLOW,
    sourceRepository: SOURCE,
    sourceDigest: COMMIT,
  }),
});
const expired = await instance.issue({
  names: [emailName(EMAIL)],
  issuer: ISSUER,
  notAfterMs: instance.atMs - 30_000,
});
const eve = await instance.issue({ names: [emailName('eve@example.com')], issuer: ISSUER });

interface Signed {
  readonly payload: Buffer;
  readonly bytes: Buffer;
  readonly signature: Buffer;
}

/** Absent: that of a signature. */
type SignedClaim = [type?: string, predicate?: object];

function signStatement(digest: string, signer: Issued = ada, ...claim: SignedClaim): Signed {
  const payload = statement(digest, ...claim);
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

function bundle(digest: string, signer: Issued = ada, ...claim: SignedClaim): Layer {
  const signed = signStatement(digest, signer, ...claim);
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
  {
    name: 'a certificate for a workflow',
    expected: 'verified',
    layer: (digest) => bundle(digest, workflow),
    identity: WORKFLOW,
  },
  {
    name: 'a certificate for the workflow of another branch',
    expected: 'identity_not_accepted',
    layer: (digest) => bundle(digest, workflow),
    identity: WORKFLOW.replace('main', 'mai'),
  },
  {
    name: 'a certificate that had expired when the log took the entry',
    expected: 'certificate_invalid',
    layer: (digest) => bundle(digest, expired),
  },
  {
    name: 'a certificate that is valid, and a timestamp beside the time of Rekor v1',
    expected: 'verified',
    layer: async (digest) => {
      const signed = signStatement(digest);
      const entry = logEnvelope(instance, { signer: ada, ...signed });
      return toLayer(signed, [entry], { timestamps: [await stamp(instance, signed.signature)] });
    },
  },
  {
    name: 'a signature over a statement that was changed after it',
    expected: 'bad_signature',
    layer: (digest) => {
      const { payload } = signStatement(digest, ada, PROVENANCE);
      const { signature } = signStatement(digest);
      const bytes = preAuthEncoding(payload);
      const entry = logEnvelope(instance, { signer: ada, payload, signature });
      return toLayer({ payload, bytes, signature }, [entry]);
    },
    type: PROVENANCE,
  },
  {
    name: 'a timestamp and no log',
    expected: 'transparency_log_entry_missing',
    layer: async (digest) => {
      const signed = signStatement(digest);
      return toLayer(signed, [], { timestamps: [await stamp(instance, signed.signature)] });
    },
  },
  {
    name: 'an attestation of the type',
    expected: 'verified',
    layer: (digest) => bundle(digest, ada, PROVENANCE),
    type: PROVENANCE,
  },
  {
    name: 'an attestation of another type, which begins the same (GHSA-w6c6-c85g-mmv6)',
    expected: 'attestation_missing',
    layer: (digest) => bundle(digest, ada, `${PROVENANCE}/other`),
    type: PROVENANCE,
  },
  {
    name: 'an attestation by somebody else',
    expected: 'identity_not_accepted',
    layer: (digest) => bundle(digest, eve, PROVENANCE),
    type: PROVENANCE,
  },
  {
    name: 'an attestation about another image',
    expected: 'subject_mismatch',
    layer: () => bundle(OTHER_DIGEST, ada, PROVENANCE),
    type: PROVENANCE,
  },
  {
    name: 'a provenance by the workflow of its source',
    expected: 'verified',
    layer: (digest) => bundle(digest, built, PROVENANCE, provenance(SOURCE, COMMIT)),
    identity: WORKFLOW,
    type: PROVENANCE,
    asked: ['--builder', WORKFLOW, '--source-repository', SOURCE],
  },
  {
    name: 'a provenance that names another source than the certificate',
    expected: 'source_contradicted',
    difference: 'cosign does not compare the predicate with the certificate',
    layer: (digest) => bundle(digest, built, PROVENANCE, provenance(`${SOURCE}-2`, COMMIT)),
    identity: WORKFLOW,
    type: PROVENANCE,
  },
  {
    name: 'an attestation where a signature is asked for',
    expected: 'unsigned',
    difference: 'cosign takes any attestation of the signer for a signature',
    layer: (digest) => bundle(digest, ada, PROVENANCE),
  },
  {
    name: 'a legacy attestation',
    expected: 'verified',
    layer: (digest) => legacyAttestation(digest, PROVENANCE),
    suffix: 'att',
    type: PROVENANCE,
  },
  {
    name: 'a legacy attestation of another type (GHSA-w6c6-c85g-mmv6)',
    expected: 'attestation_missing',
    layer: (digest) => legacyAttestation(digest, `${PROVENANCE}/other`),
    suffix: 'att',
    type: PROVENANCE,
  },
  {
    name: 'a legacy signature about another image',
    expected: 'subject_mismatch',
    layer: () => legacy(OTHER_DIGEST),
    suffix: 'sig',
  },
  {
    name: 'a legacy signature with a public key in the place of the certificate (GHSA-fx35-mq7g-6g98)',
    expected: 'malformed_signature',
    layer: (digest) => {
      const bytes = simpleSigning(digest);
      const signature = signBytes(keys, bytes);
      const logged = logKeySignature(instance, { keys, bytes, signature });
      const certificatePem = publicPem(keys);
      const annotations = legacyAnnotations({ signature, certificatePem, logged });
      return { bytes, mediaType: SIMPLE_SIGNING, annotations };
    },
    suffix: 'sig',
  },
  {
    name: 'a legacy signature whose promise is about another signature (GHSA-whqx-f9j3-ch6m)',
    expected: 'transparency_log_entry_invalid',
    layer: (digest) =>
      legacy(digest, (bytes) =>
        logSignature(instance, { signer: ada, bytes, signature: signBytes(ada, bytes) }),
      ),
    suffix: 'sig',
  },
];

/** A DSSE envelope in a layer of its own, with the entry of the log in an annotation. */
function legacyAttestation(digest: string, type: string): Layer {
  const { payload, signature } = signStatement(digest, ada, type);
  const signatures = [{ sig: signature.toString('base64') }];
  const content = { payloadType: IN_TOTO, payload: payload.toString('base64'), signatures };
  const envelope = Buffer.from(JSON.stringify(content));
  const annotations = legacyAnnotations({
    signature: Buffer.alloc(0),
    certificatePem: pem(ada.certificate),
    logged: logEnvelope(instance, { signer: ada, payload, signature, envelope }),
  });
  return { bytes: envelope, mediaType: ENVELOPE, annotations };
}

test('images signed by certificates, and the real cosign', async (t) => {
  const cosign = await Cosign.open(t);
  const root = JSON.stringify(instance.trustedRoot());
  await writeFile(join(cosign.folder, 'trusted_root.json'), root);

  for (const hasReferrers of [false, true]) {
    const place = hasReferrers ? 'with a list of referrers' : 'without a list of referrers';
    await t.test(`a registry ${place}`, async (part) => {
      const registry = await RegistryServer.start(part, { hasReferrers });
      for (const [index, one] of CASES.entries()) {
        await part.test(`${one.name}: ${one.expected}`, async () => {
          await compare(one, { registry, cosign, repository: `shop${index}` });
        });
      }
    });
  }
});

async function compare(
  one: Case,
  lab: {
    readonly registry: RegistryServer;
    readonly cosign: Cosign;
    readonly repository: string;
  },
): Promise<void> {
  const { expected, issuer = ISSUER, identity = EMAIL, suffix, type, asked = [] } = one;
  const { registry, cosign, repository } = lab;
  const { host } = registry;
  const digest = await registry.push(repository, 'v1');
  const layer = await one.layer(digest);
  await registry.attach(repository, { image: digest, layer, ...(suffix && { suffix }) });
  const image = `${host}/${repository}@${digest}`;

  const who = ['--certificate-oidc-issuer', issuer, '--certificate-identity', identity];
  const wanted = type === undefined ? [] : ['--predicate-type', type];
  const argv = ['--trusted-root', 'trusted_root.json', ...who, ...wanted, ...asked];
  assert.equal(await judgeImage(image, { host, folder: cosign.folder, argv }), expected);
  const theirs =
    type === undefined
      ? await cosign.verifyCertificate(image, issuer, identity)
      : await cosign.verifyCertificateAttestation(image, type, { issuer, identity });
  const agrees = theirs === (expected === 'verified');
  assert.equal(agrees, one.difference === undefined, `cosign says ${theirs}`);
}
