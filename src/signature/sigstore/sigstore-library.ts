/**
 * The one importer of sigstore's libraries: trusted roots, and the verification of a certificate with its log entry.
 *
 * The library is asked about chain, certificate log, timestamps and inclusion. Who the signer is, and that the entry is about this
 * certificate, is checked by the caller: the library would search for a subject by a regular expression without anchors. It
 * throws errors of many types, so that anything thrown is a refusal.
 */
import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot as TrustedRootMessage } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, VerificationError, Verifier } from '@sigstore/verify';
import type { TrustMaterial } from '@sigstore/verify';
import { errorText } from '../../base/error-details.ts';
import { isSignatureOver } from '../cms/verify-signed-data.ts';
import type { SignatureScheme } from '../cms/verify-signed-data.ts';
import type { EntityFault } from './format-entity-fault.ts';
import { isDigestOf } from './is-digest-of.ts';
import type { LoggedBody } from './log-entry.ts';

/** Whom one instance of sigstore trusts: certificate authorities, logs and timestamp authorities. */
export interface TrustedRoot {
  /** For the library alone. */
  readonly material: TrustMaterial;
  /** SHA-256 of the public keys (SubjectPublicKeyInfo) in the chains of the certificate authorities: lower-case hexadecimal. */
  readonly authorityFingerprints: readonly string[];
}

/** A trusted root, or everything that is wrong with it. */
export type TrustedRootReading =
  | { readonly status: 'read'; readonly root: TrustedRoot }
  | { readonly status: 'refused'; readonly problems: readonly string[] };

/** A signature, who is said to have made it, and its proofs. */
export interface LoggedEntity {
  readonly signer:
    | {
        readonly kind: 'certificate';
        /** DER. */
        readonly certificate: Buffer;
      }
    | { readonly kind: 'key'; readonly key: KeyObject };
  readonly signature: Buffer;
  /** What the signature is over. */
  readonly signedBytes: Buffer;
  /** What entries of the kinds dsse and intoto hash. Absent: the entries are of another kind. */
  readonly payload?: Buffer | undefined;
  /** Any of them. */
  readonly schemes: readonly SignatureScheme[];
  readonly entries: readonly LoggedBody[];
  /** DER of RFC 3161 responses. */
  readonly timestamps: readonly Buffer[];
}

/** Builds a trusted root from the value of a `trusted_root.json`. Never throws. */
export function readTrustedRoot(value: unknown): TrustedRootReading {
  try {
    const message = TrustedRootMessage.fromJSON(value);
    const problems = findRootProblems(message);
    if (problems.length > 0) return { status: 'refused', problems };
    const material = toTrustMaterial(message);
    return { status: 'read', root: { material, authorityFingerprints: listFingerprints(message) } };
  } catch (error) {
    return { status: 'refused', problems: [`it cannot be read: ${errorText(error)}`] };
  }
}

function listFingerprints(root: TrustedRootMessage): readonly string[] {
  const fingerprints = root.certificateAuthorities
    .flatMap(({ certChain }) => certChain?.certificates ?? [])
    .map(({ rawBytes }) => {
      const spki = new X509Certificate(rawBytes).publicKey.export({ format: 'der', type: 'spki' });
      return createHash('sha256').update(spki).digest('hex');
    });
  return [...new Set(fingerprints)];
}

/**
 * Verifies chain, certificate log, timestamps, inclusion in the log, and the signature. A certificate needs a proven time, as it
 * is valid for minutes; a key does not. Never throws.
 */
export function findEntityFault(entity: LoggedEntity, root: TrustedRoot): EntityFault | undefined {
  const { signer } = entity;
  try {
    const signed = toSignedEntity(bundleFromJSON(formatBundle(entity)), entity.signedBytes);
    const material =
      signer.kind === 'certificate' ? root.material : withKey(root.material, signer.key);
    const verifier = new Verifier(material, {
      ctlogThreshold: 1,
      tlogThreshold: 1,
      timestampThreshold: signer.kind === 'certificate' ? 1 : 0,
    });
    verifier.verify({ ...signed, signature: createContent(entity) });
    return undefined;
  } catch (error) {
    return { about: subjectOf(error), message: errorText(error) };
  }
}

/** The library's own content assumes SHA-256 for every key. */
function createContent(entity: LoggedEntity) {
  const { signature, signedBytes, payload, schemes } = entity;
  return {
    signature,
    compareSignature: (other: Buffer) => signature.equals(other),
    compareDigest: (other: Buffer) => payload !== undefined && isDigestOf(other, payload),
    compareSignedDigest: (other: Buffer) => isDigestOf(other, signedBytes),
    verifySignature: (key: KeyObject) =>
      schemes.some((scheme) => isSignatureOver(signedBytes, { key, scheme, signature })),
  };
}

function withKey(material: TrustMaterial, publicKey: KeyObject): TrustMaterial {
  return { ...material, publicKey: () => ({ publicKey, validFor: () => true }) };
}

/** Without a start, the library takes a key as valid since 1970, also for dates that somebody has made up. */
function findRootProblems(root: TrustedRootMessage): readonly string[] {
  const problems: string[] = [];
  if (!root.mediaType.startsWith('application/vnd.dev.sigstore.trustedroot')) {
    problems.push('it is no trusted root: "mediaType" does not say so');
  }
  for (const list of ['tlogs', 'ctlogs'] as const) {
    if (root[list].length === 0) problems.push(`"${list}" is empty`);
    root[list].forEach(({ publicKey }, index) => {
      if (publicKey === undefined) problems.push(`"${list}[${index}].publicKey" is missing`);
      else if (publicKey.validFor?.start === undefined) {
        problems.push(`"${list}[${index}].publicKey.validFor.start" is missing`);
      }
    });
  }
  if (root.certificateAuthorities.length === 0) {
    problems.push('"certificateAuthorities" is empty');
  }
  for (const list of ['certificateAuthorities', 'timestampAuthorities'] as const) {
    root[list].forEach(({ certChain }, index) => {
      if ((certChain?.certificates.length ?? 0) === 0) {
        problems.push(`"${list}[${index}].certChain.certificates" is empty`);
      }
    });
  }
  return problems;
}

const BUNDLE = 'application/vnd.dev.sigstore.bundle';

/** Bytes of SHA-256. */
const DIGEST_BYTES = 32;

/**
 * Version 0.3 asks for a proof of inclusion, version 0.1 for a promise. What was signed is not part of it, as the library gets the
 * content from us; it asks that there is some.
 */
function formatBundle({ signer, signature, entries, timestamps }: LoggedEntity) {
  const hasProofs = entries.every(({ inclusionProof }) => inclusionProof !== undefined);
  return {
    mediaType: hasProofs ? `${BUNDLE}.v0.3+json` : `${BUNDLE}+json;version=0.1`,
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: encode(Buffer.alloc(DIGEST_BYTES)) },
      signature: encode(signature),
    },
    verificationMaterial: {
      ...formatSigner(signer, hasProofs),
      tlogEntries: entries.map(formatEntry),
      timestampVerificationData: {
        rfc3161Timestamps: timestamps.map((signedTimestamp) => ({
          signedTimestamp: encode(signedTimestamp),
        })),
      },
    },
  };
}

function formatSigner(signer: LoggedEntity['signer'], hasProofs: boolean) {
  if (signer.kind === 'key') return { publicKey: { hint: '' } };
  const certificate = { rawBytes: encode(signer.certificate) };
  return hasProofs ? { certificate } : { x509CertificateChain: { certificates: [certificate] } };
}

function formatEntry(entry: LoggedBody) {
  const { inclusionProof: proof, signedEntryTimestamp: promise } = entry;
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: encode(entry.logId) },
    kindVersion: { kind: entry.kind, version: entry.version },
    integratedTime: String(entry.integratedTime),
    ...(promise && { inclusionPromise: { signedEntryTimestamp: encode(promise) } }),
    ...(proof && {
      inclusionProof: {
        logIndex: String(proof.logIndex),
        rootHash: encode(proof.rootHash),
        treeSize: String(proof.treeSize),
        hashes: proof.hashes.map(encode),
        checkpoint: { envelope: proof.checkpoint },
      },
    }),
    canonicalizedBody: encode(entry.body),
  };
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64');
}

function subjectOf(error: unknown): EntityFault['about'] {
  if (!(error instanceof VerificationError)) return 'log';
  if (error.code === 'CERTIFICATE_ERROR') return 'certificate';
  return error.code === 'SIGNATURE_ERROR' ? 'signature' : 'log';
}
