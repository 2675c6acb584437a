/** A public key in PEM, whose signatures count. Source: RFC 7468 section 13. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { classifyPublicKey } from '../cms/classify-public-key.ts';

/** A key and its name. */
export interface ImportedKey {
  readonly key: KeyObject;
  /** SHA-256 of the SubjectPublicKeyInfo: lower-case hexadecimal. */
  readonly fingerprint: string;
}

export type KeyReading =
  | { readonly status: 'read'; readonly value: ImportedKey }
  | { readonly status: 'refused'; readonly problem: string };

const PUBLIC_KEY =
  /^\s*-----BEGIN (?<label>(?:RSA )?PUBLIC KEY)-----[A-Za-z0-9+/=\s]+-----END \k<label>-----\s*$/u;

/** Reads one key: with several in a file, it would not be clear which counts. */
export function importPublicKey(text: string): KeyReading {
  if (text.includes('PRIVATE KEY')) {
    return refuse('it holds a private key: give the public one, and keep the private one away');
  }
  if (text.includes('BEGIN CERTIFICATE')) {
    return refuse('it holds a certificate: give its public key');
  }
  if (!PUBLIC_KEY.test(text)) return refuse('it is not one public key in PEM');
  const key = readKey(text);
  if (key === undefined) return refuse('its public key cannot be read');
  const weakness = classifyPublicKey(key);
  if (weakness !== undefined) return refuse(`its key has ${weakness.found}`);
  if (!hasScheme(key)) {
    return refuse(`signatures of the type ${key.asymmetricKeyType} are not read`);
  }
  const der = key.export({ format: 'der', type: 'spki' });
  const fingerprint = createHash('sha256').update(der).digest('hex');
  return { status: 'read', value: { key, fingerprint } };
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

/** cosign makes none by others. */
function hasScheme({ asymmetricKeyType }: KeyObject): boolean {
  return ['ec', 'rsa', 'ed25519'].includes(asymmetricKeyType ?? '');
}

function refuse(problem: string): KeyReading {
  return { status: 'refused', problem };
}
