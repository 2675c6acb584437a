/** The value of a `trusted_root.json`. Source: sigstore's protobuf-specs, sigstore_trustroot.proto. */
import { createHash, type KeyObject } from 'node:crypto';

/** A log of signatures or of certificates. */
export interface TrustedLog {
  readonly publicKey: KeyObject;
  readonly baseUrl: string;
  /** Who signs its checkpoints. Absent: its identifier is the hash of its key alone, as of all logs but those with Ed25519. */
  readonly origin?: string;
}

/** DER, the issuer behind what it has issued. */
export type TrustedChain = readonly Uint8Array[];

/** Whom a root trusts, all from one time on. */
export interface TrustedParties {
  readonly startMs: number;
  readonly logs: readonly TrustedLog[];
  readonly certificateLogs: readonly TrustedLog[];
  readonly authorities: readonly TrustedChain[];
  readonly timestampAuthorities: readonly TrustedChain[];
}

/** Bytes of an Ed25519 key, which are the last of its SubjectPublicKeyInfo (RFC 8410). */
const ED25519_BYTES = 32;
/** The octet for Ed25519 in the key identifier of a signed note. */
const NOTE_ED25519 = 1;

/** Builds the value. */
export function formatTrustedRoot(parties: TrustedParties) {
  const validFor = { start: new Date(parties.startMs).toISOString() };
  const log = (one: TrustedLog) => formatLog(one, validFor);
  const chain = (one: TrustedChain) => ({
    certChain: {
      certificates: one.map((bytes) => ({ rawBytes: Buffer.from(bytes).toString('base64') })),
    },
    validFor,
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: parties.logs.map(log),
    ctlogs: parties.certificateLogs.map(log),
    certificateAuthorities: parties.authorities.map(chain),
    timestampAuthorities: parties.timestampAuthorities.map(chain),
  };
}

function formatLog(
  { publicKey, baseUrl, origin }: TrustedLog,
  validFor: { readonly start: string },
) {
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const named = origin === undefined ? spki : noteKey(origin, spki);
  return {
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: spki.toString('base64'),
      keyDetails: origin === undefined ? 'PKIX_ECDSA_P256_SHA_256' : 'PKIX_ED25519',
      validFor,
    },
    logId: { keyId: createHash('sha256').update(named).digest('base64') },
  };
}

/** What the key identifier of a signed note is the hash of. Source: C2SP, signed-note.md. */
function noteKey(origin: string, spki: Buffer): Buffer {
  const name = Buffer.from(`${origin}\n`);
  return Buffer.concat([name, Buffer.from([NOTE_ED25519]), spki.subarray(-ED25519_BYTES)]);
}
