/** Whether a key or a certificate was revoked. Source: OpenSSH PROTOCOL.krl, and krl.c for what it leaves open. */
import { createHash } from 'node:crypto';
import type { SshCertificate } from './parse-certificate.ts';
import type { NamedKey } from './parse-key-text.ts';
import type { RevokedCertificates, RevokedKeys, SerialBitmap } from './revoked-keys.ts';

type RevocableKey = Pick<NamedKey, 'fingerprint' | 'blob'>;

// Bits in a byte.
const BYTE_BITS = 8;

/** What of the signer was revoked, in words; `undefined` where nothing was. */
export function matchRevocation(
  revoked: RevokedKeys,
  key: RevocableKey,
  certificate: SshCertificate | undefined,
): string | undefined {
  if (isKeyRevoked(revoked, key)) return `The key ${key.fingerprint} was revoked`;
  if (certificate === undefined) return undefined;
  const { authority, serial } = certificate;
  if (isKeyRevoked(revoked, authority)) {
    return `The authority of the SSH certificate, ${authority.fingerprint}, was revoked`;
  }
  const lists = revoked.certificates.filter(
    (list) => list.authority === undefined || list.authority === authority.fingerprint,
  );
  if (!lists.some((list) => isCertificateRevoked(list, certificate))) return undefined;
  return `The SSH certificate with the serial number ${serial} was revoked`;
}

function isKeyRevoked({ fingerprints, sha1 }: RevokedKeys, key: RevocableKey): boolean {
  if (fingerprints.has(key.fingerprint)) return true;
  return sha1.size > 0 && sha1.has(createHash('sha1').update(key.blob).digest('hex'));
}

function isCertificateRevoked(
  { ranges, bitmaps, keyIds }: RevokedCertificates,
  { serial, keyId }: SshCertificate,
): boolean {
  if (keyIds.has(keyId)) return true;
  // Zero means that the authority gives no numbers: "serial zero" would revoke all its certificates.
  if (serial === 0n) return false;
  return (
    ranges.some(([first, last]) => first <= serial && serial <= last) ||
    bitmaps.some((bitmap) => isInBitmap(bitmap, serial))
  );
}

function isInBitmap({ offset, bits }: SerialBitmap, serial: bigint): boolean {
  const index = serial - offset;
  if (index < 0n || index >= BigInt(bits.length * BYTE_BITS)) return false;
  const position = Number(index);
  const byte = bits.readUInt8(bits.length - 1 - Math.floor(position / BYTE_BITS));
  return ((byte >> (position % BYTE_BITS)) & 1) === 1;
}
