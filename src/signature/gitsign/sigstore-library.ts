/**
 * The one importer of sigstore's libraries: trusted roots, and the verification of a certificate with its log entry.
 *
 * The library is asked about chain, certificate log, timestamps and inclusion. Who the signer is, and that the entry is about this
 * certificate, is checked by the caller: the library would search for a subject by a regular expression without anchors. It
 * throws errors of many types, so that anything thrown is a refusal.
 */
import type { KeyObject } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot as TrustedRootMessage } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, VerificationError, Verifier } from '@sigstore/verify';
import type { TrustMaterial } from '@sigstore/verify';
import { errorText } from '../../base/error-details.ts';
import { isSignatureOver, type SignatureScheme } from '../cms/verify-signed-data.ts';
import type { LogEntry } from './parse-log-entry.ts';

/** Whom one instance of sigstore trusts: certificate authorities, logs and timestamp authorities. */
export interface TrustedRoot {
  /** For the library alone. */
  readonly material: TrustMaterial;
}

/** A trusted root, or everything that is wrong with it. */
export type TrustedRootReading =
  | { readonly status: 'read'; readonly root: TrustedRoot }
  | { readonly status: 'refused'; readonly problems: readonly string[] };

/** A signature with its certificate and its proof. */
export interface LoggedEntity {
  /** DER. */
  readonly certificate: Buffer;
  readonly signature: Buffer;
  /** What the signature is over. */
  readonly signedBytes: Buffer;
  /** Of `signedBytes`, by the algorithm that the log has used. */
  readonly digest: Buffer;
  readonly scheme: SignatureScheme;
  readonly entry: LogEntry;
  /** The body that the log has hashed. */
  readonly body: Buffer;
  /** DER of RFC 3161 responses. */
  readonly timestamps: readonly Buffer[];
}

/** What the library found wrong; undefined: nothing. */
export interface EntityFault {
  readonly about: 'certificate' | 'log' | 'signature';
  readonly message: string;
}

/** Builds a trusted root from the value of a `trusted_root.json`. Never throws. */
export function readTrustedRoot(value: unknown): TrustedRootReading {
  try {
    const message = TrustedRootMessage.fromJSON(value);
    const problems = findRootProblems(message);
    if (problems.length > 0) return { status: 'refused', problems };
    return { status: 'read', root: { material: toTrustMaterial(message) } };
  } catch (error) {
    return { status: 'refused', problems: [`it cannot be read: ${errorText(error)}`] };
  }
}

/** Verifies chain, certificate log, timestamps and inclusion. Never throws. */
export function findEntityFault(entity: LoggedEntity, root: TrustedRoot): EntityFault | undefined {
  try {
    const signed = toSignedEntity(bundleFromJSON(formatBundle(entity)), entity.signedBytes);
    const { signature, digest, signedBytes, scheme } = entity;
    // The library's own content assumes SHA-256 for every key.
    const content = {
      signature,
      compareSignature: (other: Buffer) => signature.equals(other),
      compareDigest: (other: Buffer) => digest.equals(other),
      compareSignedDigest: (other: Buffer) => digest.equals(other),
      verifySignature: (key: KeyObject) => isSignatureOver(signedBytes, { key, scheme, signature }),
    };
    const verifier = new Verifier(root.material, {
      ctlogThreshold: 1,
      tlogThreshold: 1,
      timestampThreshold: 1,
    });
    verifier.verify({ ...signed, signature: content });
    return undefined;
  } catch (error) {
    return { about: subjectOf(error), message: errorText(error) };
  }
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

/** Version 0.3 asks for a proof of inclusion, version 0.1 for a promise. */
function formatBundle({ certificate, signature, digest, entry, body, timestamps }: LoggedEntity) {
  const { inclusionProof: proof, signedEntryTimestamp: promise } = entry;
  const rawBytes = certificate.toString('base64');
  return {
    mediaType: proof === undefined ? `${BUNDLE}+json;version=0.1` : `${BUNDLE}.v0.3+json`,
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: digest.toString('base64') },
      signature: signature.toString('base64'),
    },
    verificationMaterial: {
      ...(proof === undefined
        ? { x509CertificateChain: { certificates: [{ rawBytes }] } }
        : { certificate: { rawBytes } }),
      tlogEntries: [
        {
          logIndex: String(entry.logIndex),
          logId: { keyId: entry.logId.toString('base64') },
          kindVersion: { kind: entry.kind, version: entry.version },
          integratedTime: String(entry.integratedTime),
          ...(promise === undefined
            ? {}
            : { inclusionPromise: { signedEntryTimestamp: promise.toString('base64') } }),
          ...(proof === undefined
            ? {}
            : {
                inclusionProof: {
                  logIndex: String(proof.logIndex),
                  rootHash: proof.rootHash.toString('base64'),
                  treeSize: String(proof.treeSize),
                  hashes: proof.hashes.map((hash) => hash.toString('base64')),
                  checkpoint: { envelope: proof.checkpoint },
                },
              }),
          canonicalizedBody: body.toString('base64'),
        },
      ],
      timestampVerificationData: {
        rfc3161Timestamps: timestamps.map((timestamp) => ({
          signedTimestamp: timestamp.toString('base64'),
        })),
      },
    },
  };
}

function subjectOf(error: unknown): EntityFault['about'] {
  if (!(error instanceof VerificationError)) return 'log';
  if (error.code === 'CERTIFICATE_ERROR') return 'certificate';
  return error.code === 'SIGNATURE_ERROR' ? 'signature' : 'log';
}
