/** SSH certificates, `…-cert-v01@openssh.com`. Source: OpenSSH PROTOCOL.certkeys. */
import type { WallMs } from '../../base/clock.ts';
import type { Parsed } from '../parsed.ts';
import { parsed } from '../parsed.ts';
import { SIGNATURE_LIMITS } from '../settings.ts';
import { rejected, type Rejected } from '../verification.ts';
import { parsePublicKey, readKeyFields, type SshPublicKey } from './parse-public-key.ts';
import { verifyBytes } from './verify-bytes.ts';
import { WireReader } from './wire-reader.ts';

/** A certificate whose authority has signed it. Whether anybody trusts that authority is another question. */
export interface SshCertificate {
  readonly key: SshPublicKey;
  readonly authority: SshPublicKey;
  readonly serial: bigint;
  readonly keyId: string;
  readonly principals: readonly string[];
  /** The first moment at which it is valid, and the first at which it no longer is. */
  readonly validAfterMs: WallMs;
  readonly validBeforeMs: WallMs;
  /** Names of critical options. */
  readonly criticalOptions: readonly string[];
}

const SUFFIX = '-cert-v01@openssh.com';
const VENDOR = '@openssh.com';
const USER_CERTIFICATE = 1;
const PRINCIPALS_MAX = SIGNATURE_LIMITS['signature.ssh.principalsMax'].default;
const MS_PER_SECOND = 1000n;
/** The last moment that a Date can name (ECMA-262 section 21.4.1.1); "forever" is 2^64 - 1 seconds. */
const LAST_MS = 8_640_000_000_000_000n;

/** Whether a key type is the one of a certificate. */
export function isCertificateType(type: string): boolean {
  return type.endsWith(SUFFIX);
}

/** Reads a certificate and verifies its authority's signature, its type and its form. */
export function parseCertificate(blob: Uint8Array): Parsed<SshCertificate> {
  const reader = new WireReader(blob);
  const type = reader.text();
  // The nonce keeps an authority from signing bytes that somebody has chosen.
  reader.string();
  const key = readKeyFields(reader, plainTypeOf(type));
  if (key.status === 'rejected') return key;
  const fields = {
    serial: reader.uint64(),
    kind: reader.uint32(),
    keyId: reader.text(),
    principals: readTexts(reader.string()),
    validAfterMs: toMs(reader.uint64()),
    validBeforeMs: toMs(reader.uint64()),
    criticalOptions: readOptionNames(reader.string()),
  };
  // Extensions grant what a login may do; an authority's reserved field is signed and ignored.
  const extensions = readOptionNames(reader.string());
  reader.string();
  const authority = parsePublicKey(new WireReader(reader.string()));
  const signedEnd = reader.offset;
  const signature = reader.string();
  const { principals, criticalOptions, kind, ...rest } = fields;
  if (!reader.isWhole || !principals || !criticalOptions || !extensions) return malformed();
  if (authority.status === 'rejected') return refuseAuthority(authority);
  const message = reader.between(0, signedEnd);
  const verdict = verifyBytes(authority.value, { message, signature });
  if (verdict.status === 'rejected') return refuseAuthority(verdict);
  if (kind !== USER_CERTIFICATE) {
    return rejected('certificate_invalid', 'The SSH certificate is not of the type "user"');
  }
  if (principals.length > PRINCIPALS_MAX) {
    return rejected(
      'limit_exceeded',
      `The SSH certificate has ${principals.length} principals, at most ${PRINCIPALS_MAX} are read`,
    );
  }
  return parsed({
    ...rest,
    principals,
    criticalOptions,
    key: key.value,
    authority: authority.value,
  });
}

/** `ssh-ed25519-cert-v01@openssh.com` → `ssh-ed25519`, and `sk-…-cert-v01@openssh.com` → `sk-…@openssh.com`. */
function plainTypeOf(type: string): string {
  const stem = type.slice(0, -SUFFIX.length);
  return stem.startsWith('sk-') ? `${stem}${VENDOR}` : stem;
}

function readTexts(list: Buffer): readonly string[] | undefined {
  const reader = new WireReader(list);
  const texts: string[] = [];
  while (reader.hasMore) texts.push(reader.text());
  return reader.isWhole ? texts : undefined;
}

/** "The names must be in lexical order and each may appear only once." */
function readOptionNames(list: Buffer): readonly string[] | undefined {
  const reader = new WireReader(list);
  const names: string[] = [];
  while (reader.hasMore) {
    const name = reader.text();
    if (name <= (names.at(-1) ?? '')) reader.fail();
    names.push(name);
    reader.string();
  }
  return reader.isWhole ? names : undefined;
}

function toMs(seconds: bigint): WallMs {
  const ms = seconds * MS_PER_SECOND;
  return Number(ms < LAST_MS ? ms : LAST_MS);
}

function refuseAuthority({ reason }: Rejected): Rejected {
  return rejected('certificate_invalid', `The authority of the SSH certificate: ${reason}`);
}

function malformed(): Rejected {
  return rejected(
    'malformed_signature',
    'The SSH certificate is not encoded as OpenSSH encodes it',
  );
}
