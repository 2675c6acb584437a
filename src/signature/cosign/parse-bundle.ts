/**
 * A bundle of sigstore: signature, certificate or hint of a key, log entries and timestamps in one JSON document.
 *
 * Source: sigstore protobuf-specs, sigstore_bundle.proto; versions 0.1 to 0.3.
 */
import { z } from 'zod';
import { parseCertificate } from '../cms/parse-certificate.ts';
import { parsed, type Parsed } from '../parsed.ts';
import type { LoggedBody } from '../sigstore/log-entry.ts';
import { rejected, type Rejected } from '../verification.ts';
import type { Candidate, CandidateContent, ClaimedSigner } from './candidate.ts';
import { base64Schema, malformed, parseDocument, unsignedSchema } from './parse-document.ts';
import { COSIGN_LIMITS } from './settings.ts';

const ENTRIES_MAX = COSIGN_LIMITS['signature.cosign.logEntriesMax'].default;
const TIMESTAMPS_MAX = COSIGN_LIMITS['signature.cosign.timestampsMax'].default;
const HASHES_MAX = COSIGN_LIMITS['signature.cosign.proofHashesMax'].default;
const CERTIFICATES_MAX = COSIGN_LIMITS['signature.cosign.certificatesMax'].default;

const certificateSchema = z.looseObject({ rawBytes: base64Schema });

const proofSchema = z.looseObject({
  logIndex: unsignedSchema.default(0n),
  rootHash: base64Schema,
  treeSize: unsignedSchema,
  hashes: z.array(base64Schema).max(HASHES_MAX).default([]),
  checkpoint: z.looseObject({ envelope: z.string() }).nullish(),
});

const entrySchema = z.looseObject({
  logIndex: unsignedSchema.default(0n),
  logId: z.looseObject({ keyId: base64Schema }),
  kindVersion: z.looseObject({ kind: z.string(), version: z.string() }),
  integratedTime: unsignedSchema.default(0n),
  inclusionPromise: z.looseObject({ signedEntryTimestamp: base64Schema }).nullish(),
  inclusionProof: proofSchema.nullish(),
  canonicalizedBody: base64Schema,
});

const bundleSchema = z.looseObject({
  mediaType: z.string(),
  verificationMaterial: z.looseObject({
    publicKey: z.looseObject({}).nullish(),
    certificate: certificateSchema.nullish(),
    x509CertificateChain: z
      .looseObject({ certificates: z.array(certificateSchema).min(1).max(CERTIFICATES_MAX) })
      .nullish(),
    tlogEntries: z.array(entrySchema).max(ENTRIES_MAX).nullish(),
    timestampVerificationData: z
      .looseObject({
        rfc3161Timestamps: z
          .array(z.looseObject({ signedTimestamp: base64Schema }))
          .max(TIMESTAMPS_MAX)
          .nullish(),
      })
      .nullish(),
  }),
  messageSignature: z
    .looseObject({
      messageDigest: z.looseObject({ digest: base64Schema }),
      signature: base64Schema,
    })
    .nullish(),
  dsseEnvelope: z
    .looseObject({
      payload: base64Schema,
      payloadType: z.string(),
      signatures: z.array(z.looseObject({ sig: base64Schema })),
    })
    .nullish(),
});

type Bundle = z.output<typeof bundleSchema>;
type Material = Bundle['verificationMaterial'];
type Version = '0.1' | '0.2' | '0.3';

/** Reads a bundle; what its version does not allow is refused. */
export function parseBundle(bytes: Buffer): Parsed<Candidate> {
  const document = parseDocument(bytes, { schema: bundleSchema, what: 'The bundle' });
  if (document.status === 'rejected') return document;
  const { mediaType, verificationMaterial: material } = document.value;
  const version = readVersion(mediaType);
  if (version === undefined) {
    return rejected('unsupported_signature', `The bundle is of no version from 0.1 to 0.3`);
  }
  const signer = readSigner(material, version);
  if ('code' in signer) return signer;
  const content = readContent(document.value);
  if ('code' in content) return content;
  const entries = (material.tlogEntries ?? []).map(readEntry);
  const fault = findEntryFault(entries, version);
  if (fault !== undefined) return fault;
  const stamps = material.timestampVerificationData?.rfc3161Timestamps ?? [];
  const timestamps = stamps.map(({ signedTimestamp }) => signedTimestamp);
  return parsed({ ...content, signer, entries, timestamps });
}

function readVersion(mediaType: string): Version | undefined {
  const match =
    /^application\/vnd\.dev\.sigstore\.bundle(?:\+json;version=(?<old>0\.[123])|\.v(?<version>0\.3)\+json)$/u.exec(
      mediaType,
    );
  const version = match?.groups?.['old'] ?? match?.groups?.['version'];
  return (['0.1', '0.2', '0.3'] as const).find((each) => each === version);
}

function readSigner(material: Material, version: Version): ClaimedSigner | Rejected {
  const { publicKey, certificate, x509CertificateChain: chain } = material;
  const signers = [publicKey, certificate, chain].filter(
    (one) => one !== undefined && one !== null,
  );
  if (signers.length !== 1) return malformed('The bundle has not one signer');
  if (publicKey) return { kind: 'key' };
  if (chain && version === '0.3') {
    return malformed('The bundle has a chain of certificates, which version 0.3 does not allow');
  }
  const given = [...(chain?.certificates ?? []), ...(certificate ? [certificate] : [])];
  const certificates = given
    .map(({ rawBytes }) => parseCertificate(rawBytes))
    .filter((one) => one !== undefined);
  const [leaf] = certificates;
  if (leaf === undefined || certificates.length < given.length) {
    return malformed('The bundle has a certificate that cannot be read');
  }
  // Whom to trust is not the signer's to say.
  const hasRoot = certificates.some(({ subject, issuer }) => subject.equals(issuer));
  if (hasRoot) return malformed('The bundle brings a root of its own');
  return { kind: 'certificate', certificate: leaf };
}

function readContent(
  bundle: Bundle,
): { readonly content: CandidateContent; readonly signature: Buffer } | Rejected {
  const { messageSignature: message, dsseEnvelope: envelope } = bundle;
  if (message && !envelope) {
    const { signature, messageDigest } = message;
    return { content: { kind: 'message', digest: messageDigest.digest }, signature };
  }
  if (!envelope || message) return malformed('The bundle has not one content');
  const { payload, payloadType, signatures } = envelope;
  const [signature, ...others] = signatures;
  if (signature === undefined) return malformed('The envelope has no signature');
  if (others.length > 0) {
    return rejected('multiple_signatures', `The envelope has ${signatures.length} signatures`);
  }
  return { content: { kind: 'envelope', payloadType, payload }, signature: signature.sig };
}

function readEntry(entry: z.output<typeof entrySchema>): LoggedBody {
  const { kindVersion, inclusionPromise, inclusionProof: proof } = entry;
  // Version 0.1 has proofs without a checkpoint: nobody has signed their root, so they prove nothing.
  const checkpoint = proof?.checkpoint?.envelope;
  return {
    logIndex: entry.logIndex,
    logId: entry.logId.keyId,
    kind: kindVersion.kind,
    version: kindVersion.version,
    integratedTime: entry.integratedTime,
    signedEntryTimestamp: inclusionPromise?.signedEntryTimestamp,
    inclusionProof: proof && checkpoint !== undefined ? { ...proof, checkpoint } : undefined,
    body: entry.canonicalizedBody,
  };
}

function findEntryFault(entries: readonly LoggedBody[], version: Version): Rejected | undefined {
  for (const { signedEntryTimestamp, inclusionProof } of entries) {
    if (version === '0.1' && signedEntryTimestamp === undefined) {
      return malformed('An entry of the log has no promise, which version 0.1 asks for');
    }
    if (version !== '0.1' && inclusionProof === undefined) {
      return malformed(`An entry of the log has no proof, which version ${version} asks for`);
    }
  }
  return undefined;
}
