/** Images and their signatures, as cosign writes them: legacy layers, envelopes and bundles, by keys and by certificates. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { AttachedLayer } from '../../../src/signature/cosign/candidate.ts';
import { parseLogEntry } from '../../../src/signature/gitsign/parse-log-entry.ts';
import { formatLogBody } from '../../../src/signature/gitsign/format-log-body.ts';
import type { LogEntry } from '../../../src/signature/sigstore/log-entry.ts';
import { pem, type Issued } from '../signatures/certificate-builder.ts';
import { integer, sequence } from '../signatures/der.ts';
import type { SigstoreInstance } from '../signatures/sigstore-instance.ts';
import { OCI_MANIFEST, sha256, type FakeDescriptor, type FakeRegistry } from './fake-registry.ts';

export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';
export const IN_TOTO = 'application/vnd.in-toto+json';

export interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export type KeyKind = 'P-256' | 'P-384' | 'P-521' | 'ed25519' | 'rsa';

/** A new key pair. */
export function makeKeys(kind: KeyKind = 'P-256'): Keys {
  switch (kind) {
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    case 'P-256':
    case 'P-384':
    case 'P-521':
      return generateKeyPairSync('ec', { namedCurve: kind });
  }
}

/** As a file has it. */
export function publicPem({ publicKey }: Pick<Keys, 'publicKey'>): string {
  return publicKey.export({ format: 'pem', type: 'spki' }).toString();
}

/** With the hash that cosign takes for this kind of key. */
export function signBytes(
  { privateKey }: Pick<Keys, 'privateKey'>,
  bytes: Buffer,
  hash = 'sha256',
) {
  return sign(privateKey.asymmetricKeyType === 'ed25519' ? null : hash, bytes, privateKey);
}

/** The payload that cosign signed before version 3. */
export function simpleSigning(digest: string, type = 'cosign container image signature'): Buffer {
  const critical = {
    identity: { 'docker-reference': 'registry.example.com/shop' },
    image: { 'docker-manifest-digest': digest },
    type,
  };
  return Buffer.from(JSON.stringify({ critical, optional: null }));
}

/** A statement of in-toto about a digest such as `sha256:…`. */
export function statement(
  digest: string,
  predicateType = SIGN_PREDICATE,
  predicate: object = {},
): Buffer {
  const [algorithm = '', value = ''] = digest.split(':');
  const subject = [{ name: 'shop', digest: { [algorithm]: value } }];
  const type = 'https://in-toto.io/Statement/v1';
  return Buffer.from(JSON.stringify({ _type: type, subject, predicateType, predicate }));
}

/** The predicate of a build from a commit, in version 1 of SLSA. */
export function provenance(repository: string, commit: string) {
  const material = { uri: `git+${repository}@refs/heads/main`, digest: { gitCommit: commit } };
  return { buildDefinition: { resolvedDependencies: [material] } };
}

/** What a DSSE signature is over. */
export function preAuthEncoding(payload: Buffer, type = IN_TOTO): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}

/** An entry with its body. */
export interface LoggedSample {
  readonly entry: LogEntry;
  readonly body: Buffer;
}

/** The log's entry about a signature over bytes, as Rekor v1 or v2 has it. */
export function logSignature(
  instance: SigstoreInstance,
  signed: { readonly signer: Issued; readonly bytes: Buffer; readonly signature: Buffer },
  version: '0.0.1' | '0.0.2' = '0.0.1',
): LoggedSample {
  const { signer, bytes, signature } = signed;
  const body = formatLogBody(version, {
    certificate: signer.certificate,
    publicKey: signer.publicKey,
    signature,
    hash: 'sha256',
    digest: createHash('sha256').update(bytes).digest(),
  });
  return readLogged(instance.log(body, version), body);
}

/** The log's entry about a signature by a key. */
export function logKeySignature(
  instance: SigstoreInstance,
  {
    keys,
    bytes,
    signature,
  }: { readonly keys: Keys; readonly bytes: Buffer; readonly signature: Buffer },
): LoggedSample {
  const content = signature.toString('base64');
  const publicKey = { content: Buffer.from(publicPem(keys)).toString('base64') };
  const value = createHash('sha256').update(bytes).digest('hex');
  const spec = {
    data: { hash: { algorithm: 'sha256', value } },
    signature: { content, publicKey },
  };
  const body = Buffer.from(JSON.stringify({ apiVersion: '0.0.1', kind: 'hashedrekord', spec }));
  return readLogged(instance.log(body, '0.0.1'), body);
}

/** The entry of the kind dsse that cosign makes for an envelope. */
export function logEnvelope(
  instance: SigstoreInstance,
  {
    signer,
    payload,
    signature,
    envelope = payload,
  }: {
    readonly signer: Issued;
    readonly payload: Buffer;
    readonly signature: Buffer;
    /** As it was given to the log; only cosign compares its hash, and only of legacy attestations. */
    readonly envelope?: Buffer;
  },
): LoggedSample {
  const hash = (bytes: Buffer) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  });
  const verifier = Buffer.from(pem(signer.certificate)).toString('base64');
  const spec = {
    envelopeHash: hash(envelope),
    payloadHash: hash(payload),
    signatures: [{ signature: signature.toString('base64'), verifier }],
  };
  const body = Buffer.from(JSON.stringify({ apiVersion: '0.0.1', kind: 'dsse', spec }));
  return readLogged(instance.log(body, '0.0.1', 'dsse'), body);
}

function readLogged(bytes: Buffer, body: Buffer): LoggedSample {
  const entry = parseLogEntry(bytes);
  if (entry === undefined) {
    throw new Error('The log of the tests writes entries that cannot be read');
  }
  return { entry, body };
}

/** A timestamp over a signature, as a bundle has it. */
export async function stamp(instance: SigstoreInstance, signature: Buffer): Promise<Buffer> {
  return sequence(sequence(integer(0)), await instance.timestamp(signature));
}

export interface NewBundle {
  /** Absent: a key. */
  readonly certificate?: Buffer | undefined;
  readonly payload: Buffer;
  readonly payloadType?: string;
  readonly signature: Buffer;
  readonly entries?: readonly LoggedSample[];
  readonly timestamps?: readonly Buffer[];
}

/** A bundle of version 0.3 with an envelope. */
export function formatBundle(options: NewBundle) {
  const { certificate, payload, payloadType = IN_TOTO, signature } = options;
  return {
    mediaType: BUNDLE,
    verificationMaterial: {
      ...(certificate === undefined
        ? { publicKey: { hint: 'hint' } }
        : { certificate: { rawBytes: certificate.toString('base64') } }),
      tlogEntries: (options.entries ?? []).map(formatEntry),
      timestampVerificationData: {
        rfc3161Timestamps: (options.timestamps ?? []).map((one) => ({
          signedTimestamp: one.toString('base64'),
        })),
      },
    },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType,
      signatures: [{ sig: signature.toString('base64') }],
    },
  };
}

function formatEntry({ entry, body }: LoggedSample) {
  const { inclusionProof: proof, signedEntryTimestamp: promise } = entry;
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: entry.logId.toString('base64') },
    kindVersion: { kind: entry.kind, version: entry.version },
    integratedTime: String(entry.integratedTime),
    ...(promise && { inclusionPromise: { signedEntryTimestamp: promise.toString('base64') } }),
    ...(proof && {
      inclusionProof: {
        logIndex: String(proof.logIndex),
        rootHash: proof.rootHash.toString('base64'),
        treeSize: String(proof.treeSize),
        hashes: proof.hashes.map((hash) => hash.toString('base64')),
        checkpoint: { envelope: proof.checkpoint },
      },
    }),
    canonicalizedBody: body.toString('base64'),
  };
}

/** The annotations of a legacy layer. */
export function legacyAnnotations(options: {
  readonly signature: Buffer;
  readonly certificatePem?: string;
  readonly logged?: LoggedSample;
  readonly timestamp?: Buffer;
}): Record<string, string> {
  const { signature, certificatePem, logged, timestamp } = options;
  return {
    'dev.cosignproject.cosign/signature': signature.toString('base64'),
    ...(certificatePem !== undefined && { 'dev.sigstore.cosign/certificate': certificatePem }),
    ...(logged && { 'dev.sigstore.cosign/bundle': JSON.stringify(formatPromise(logged)) }),
    ...(timestamp && {
      'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({
        SignedRFC3161Timestamp: timestamp.toString('base64'),
      }),
    }),
  };
}

export interface NewLegacyLayer {
  readonly payload: Buffer;
  readonly signer: Pick<Keys, 'privateKey'>;
  /** Absent: that of the signer over the payload. */
  readonly signature?: Buffer;
  readonly certificatePem?: string;
  readonly logged?: LoggedSample;
}

/** A layer as cosign wrote it before version 3. */
export function legacyLayer({ payload, signer, ...rest }: NewLegacyLayer): AttachedLayer {
  const annotations = legacyAnnotations({ signature: signBytes(signer, payload), ...rest });
  return { mediaType: SIMPLE_SIGNING, annotations, bytes: payload };
}

/** A layer with a bundle. */
export function bundleLayer(options: NewBundle): AttachedLayer {
  const bytes = Buffer.from(JSON.stringify(formatBundle(options)));
  return { mediaType: BUNDLE, annotations: {}, bytes };
}

function formatPromise({ entry, body }: LoggedSample) {
  return {
    SignedEntryTimestamp: entry.signedEntryTimestamp?.toString('base64'),
    Payload: {
      body: body.toString('base64'),
      integratedTime: Number(entry.integratedTime),
      logIndex: Number(entry.logIndex),
      logID: entry.logId.toString('hex'),
    },
  };
}

/** An image in a registry, with its tag. */
export function putImage(registry: FakeRegistry, name: string, tag: string): FakeDescriptor {
  const config = registry.putBlob(
    name,
    Buffer.from('{}'),
    'application/vnd.oci.image.config.v1+json',
  );
  const layer = registry.putBlob(
    name,
    Buffer.from(`layer of ${name}:${tag}`),
    'application/vnd.oci.image.layer.v1.tar',
  );
  const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] };
  return registry.putManifest(name, image, tag);
}

/** Puts layers beside an image: under cosign's tag, or as an artifact that refers to it. */
export function attach(
  registry: FakeRegistry,
  name: string,
  options: {
    readonly image: FakeDescriptor;
    readonly layers: readonly {
      readonly bytes: Buffer;
      readonly mediaType: string;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
    /** `sig`, `att`, or absent: an artifact. */
    readonly suffix?: string;
    readonly artifactType?: string;
    readonly listed?: boolean;
  },
): FakeDescriptor {
  const { image, layers, suffix, artifactType, listed = suffix === undefined } = options;
  const config = registry.putBlob(name, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json');
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    ...(artifactType !== undefined && { artifactType }),
    config,
    layers: layers.map(({ bytes, mediaType, annotations }) => ({
      ...registry.putBlob(name, bytes, mediaType),
      ...(annotations && { annotations }),
    })),
    ...(listed && { subject: image }),
  };
  const tag = suffix === undefined ? undefined : `${image.digest.replace(':', '-')}.${suffix}`;
  return registry.putManifest(name, manifest, tag);
}

/** A digest that no image has. */
export const OTHER_DIGEST = sha256(Buffer.from('another image'));
