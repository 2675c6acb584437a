/**
 * Verifies the signature of a bundle: every file is one that was signed, with the content that was signed, and none is missing.
 *
 * Source: the bundle signatures of Open Policy Agent. Stricter than OPA: an expired signature, weak hashes and a file outside the
 * signature are refused, and a key is used with its own algorithm alone.
 */
import { timingSafeEqual } from 'node:crypto';
import { readHeader, verifyWithKey, type VerificationKey } from '../../base/json-web-signature.ts';
import { MINUTE } from '../../settings/limit.ts';
import { SIGNATURES_FILE, type BundleFiles, type BundleReading } from './bundle-files.ts';
import { hashBundleFile } from './hash-bundle-file.ts';
import { parseClaims, parseSignatures, type SignedClaims } from './parse-signatures.ts';
import { BUNDLE_LIMITS } from './settings.ts';

const SIGNATURES_BYTES_MAX = BUNDLE_LIMITS['bundle.signaturesBytesMax'].default;
const MS_PER_SECOND = 1000;
/** By how much the clock of whoever signs may be ahead of ours: clocks that are kept differ by less than a second. */
const CLOCK_SKEW_MS = 5 * MINUTE;

/** A key that may sign bundles. */
export interface BundleKey {
  readonly key: VerificationKey;
  /** What it may sign; empty for signatures that name no scope. */
  readonly scope: string;
}

export interface BundleTrust {
  readonly keys: readonly BundleKey[];
  /** Wall clock. Absent: whether the signature has expired is not asked, because the bundle was taken while it had not. */
  readonly nowMs?: number | undefined;
}

export interface BundleSignature {
  /** The RFC 7638 thumbprint of the key. */
  readonly keyId: string;
  readonly scope: string;
  /** Wall clock. Absent: the signature does not expire. */
  readonly expiresAtMs?: number | undefined;
  /** Wall clock. Absent: the signature does not say when it was made; OPA's do not. */
  readonly signedAtMs?: number | undefined;
}

/** The signature that stands for all files of the bundle, or why there is none. */
export async function verifyBundle(
  files: BundleFiles,
  { keys, nowMs }: BundleTrust,
): Promise<BundleReading<BundleSignature>> {
  const written = files.get(SIGNATURES_FILE);
  if (written === undefined) return refused(`it is not signed: it has no ${SIGNATURES_FILE}`);
  if (written.length > SIGNATURES_BYTES_MAX) {
    return refused(`${SIGNATURES_FILE} is larger than ${SIGNATURES_BYTES_MAX} bytes`);
  }
  const token = parseSignatures(written);
  if (!token.ok) return token;
  const signer = await findSigner(token.value, keys);
  if (!signer.ok) return signer;
  const { key, payload } = signer.value;
  const claims = parseClaims(payload);
  if (!claims.ok) return claims;
  const { scope, expiresAt, issuedAt } = claims.value;
  const reason =
    refuseScope(scope, key.scope) ??
    refuseTime(claims.value, nowMs) ??
    refuseFiles(files, claims.value);
  if (reason !== undefined) return refused(reason);
  const expiresAtMs = toMs(expiresAt);
  const signedAtMs = toMs(issuedAt);
  return { ok: true, value: { keyId: key.key.keyId, scope, expiresAtMs, signedAtMs } };
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * MS_PER_SECOND;
}

interface Signer {
  readonly key: BundleKey;
  readonly payload: string;
}

/** The key id of the header chooses nothing: `opa sign` writes none, and whoever writes the bundle writes the header. */
async function findSigner(
  token: string,
  keys: readonly BundleKey[],
): Promise<BundleReading<Signer>> {
  const header = readHeader(token, SIGNATURES_BYTES_MAX);
  if (header === undefined) {
    return refused(`${SIGNATURES_FILE} holds no compact JSON web signature`);
  }
  // A statement of another kind, such as a grant, may be signed with the same key.
  if (header.type !== '' && header.type.toUpperCase() !== 'JWT') {
    return refused(
      `${SIGNATURES_FILE} holds a signature of the type "${header.type}", wanted "JWT"`,
    );
  }
  for (const key of keys) {
    const verified = await verifyWithKey(token, key.key);
    if (verified.ok) return { ok: true, value: { key, payload: verified.payload } };
  }
  const named = header.keyId === '' ? '' : `; it names the key "${header.keyId}"`;
  const ids = keys.map(({ key }) => `"${key.keyId}"`);
  return refused(`its signature is of none of the trusted keys (${ids.join(', ')})${named}`);
}

/** A key that signs for a test cluster must not sign for this one. */
function refuseScope(signed: string, wanted: string): string | undefined {
  if (signed === wanted) return undefined;
  return `its signature has ${describeScope(signed)}, and its key is trusted for ${describeScope(wanted)}`;
}

function describeScope(scope: string): string {
  return scope === '' ? 'no scope' : `the scope ${JSON.stringify(scope)}`;
}

/** Whoever serves bundles could serve an old one for ever. */
function refuseTime(
  { expiresAt, notBefore, issuedAt }: SignedClaims,
  nowMs: number | undefined,
): string | undefined {
  if (nowMs === undefined) return undefined;
  if (expiresAt !== undefined && nowMs >= expiresAt * MS_PER_SECOND) {
    return `its signature has expired at ${formatTime(expiresAt)}`;
  }
  if (notBefore !== undefined && nowMs < notBefore * MS_PER_SECOND) {
    return `its signature is valid from ${formatTime(notBefore)} on`;
  }
  // One that is ahead would keep every later bundle out, as older than itself.
  if (issuedAt !== undefined && nowMs + CLOCK_SKEW_MS < issuedAt * MS_PER_SECOND) {
    return `its signature is of ${formatTime(issuedAt)}, which is in the future`;
  }
  return undefined;
}

function formatTime(seconds: number): string {
  const time = new Date(seconds * MS_PER_SECOND);
  return Number.isNaN(time.getTime()) ? `${seconds} s` : time.toISOString();
}

function refuseFiles(files: BundleFiles, { files: signed }: SignedClaims): string | undefined {
  const missing = [...signed.keys()].find((name) => !files.has(name));
  if (missing !== undefined) return `the file "${missing}" was signed and is missing`;
  for (const [name, bytes] of files) {
    if (name === SIGNATURES_FILE) continue;
    const wanted = signed.get(name);
    if (wanted === undefined) return `the file "${name}" was not signed`;
    const found = hashBundleFile(name, bytes, wanted.algorithm);
    if (!found.ok) return found.reason;
    if (!isEqual(found.value, wanted.hash)) return `the file "${name}" is not what was signed`;
  }
  return undefined;
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
