/** Signs a bundle, so that both Holdfast and OPA verify it. Source: the bundle signatures of Open Policy Agent. */
import { signText, type SigningKey } from '../../base/json-web-signature.ts';
import { SIGNATURES_FILE, type BundleFiles, type BundleReading } from './bundle-files.ts';
import { hashBundleFile } from './hash-bundle-file.ts';

const ALGORITHM = 'SHA-256';
const MS_PER_SECOND = 1000;

export interface SigningOptions {
  readonly key: SigningKey;
  /** By which OPA finds the key in its configuration. @default the thumbprint of the key */
  readonly keyId?: string | undefined;
  /** What the bundle is for; who verifies must want the same. @default none */
  readonly scope?: string | undefined;
  /** Wall clock. */
  readonly nowMs: number;
  /** Wall clock. @default never */
  readonly expiresAtMs?: number | undefined;
}

/** The same files with their signature, which replaces an earlier one. */
export async function signBundle(
  files: BundleFiles,
  { key, keyId = key.keyId, scope, nowMs, expiresAtMs }: SigningOptions,
): Promise<BundleReading<BundleFiles>> {
  const unsigned = new Map(files);
  unsigned.delete(SIGNATURES_FILE);
  const signed = [];
  for (const [name, bytes] of [...unsigned].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const hash = hashBundleFile(name, bytes, ALGORITHM);
    if (!hash.ok) return hash;
    signed.push({ name, hash: hash.value, algorithm: ALGORITHM });
  }
  const claims = {
    files: signed,
    // OPA reads this one where it is told no key id, and the header of the signature has none.
    keyid: keyId,
    iat: Math.floor(nowMs / MS_PER_SECOND),
    ...(scope !== undefined && { scope }),
    ...(expiresAtMs !== undefined && { exp: Math.floor(expiresAtMs / MS_PER_SECOND) }),
  };
  const token = await signText(JSON.stringify(claims), { ...key, keyId }, 'JWT');
  const text = `${JSON.stringify({ signatures: [token] }, null, 1)}\n`;
  return { ok: true, value: unsigned.set(SIGNATURES_FILE, Buffer.from(text)) };
}
