/** Keys that verify tokens: a certificate or a public key in PEM, or a JSON Web Key (set) (RFC 7517). */
import { createPublicKey, createSecretKey, X509Certificate, type KeyObject } from 'node:crypto';

import { isRecord } from '../../../base/is-record.ts';
import { BuiltinError } from './builtin.ts';
import { TOKEN_ALGORITHMS } from './token-signature.ts';

export interface TokenKey {
  /** Empty where the key is not bound to one. */
  readonly alg: string;
  readonly kid: string;
  readonly key: KeyObject;
}

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]*-----END \1-----[ \t]*\r?\n?/;

/** Reads the keys. */
export function readTokenKeys(text: string): readonly TokenKey[] {
  const block = PEM.exec(text);
  if (block === null) return readKeySet(text);
  if (block.index + block[0].length < text.length) {
    throw new BuiltinError('extra data after a PEM certificate block');
  }
  const [pem, type = ''] = block;
  return [{ alg: '', kid: '', key: readPem(pem, type) }];
}

function readPem(pem: string, type: string): KeyObject {
  if (type === 'CERTIFICATE') {
    return attempt('failed to parse a PEM certificate', () => new X509Certificate(pem).publicKey);
  }
  if (type === 'PUBLIC KEY') {
    return attempt('failed to parse a PEM public key', () => createPublicKey(pem));
  }
  throw new BuiltinError('failed to extract a Key from the PEM certificate');
}

type Members = Readonly<Record<string, unknown>>;

function readKeySet(text: string): readonly TokenKey[] {
  const context = 'failed to parse a JWK key (set)';
  const parsed = attempt(context, (): unknown => JSON.parse(text));
  if (!isRecord(parsed)) throw new BuiltinError(`${context}: it is no object`);
  const listed: unknown = parsed['keys'];
  const keys: readonly unknown[] = Array.isArray(listed) ? listed : [parsed];
  return keys.flatMap((members) => {
    if (!isRecord(members)) throw new BuiltinError(`${context}: a key is no object`);
    const { alg = '', kid = '' } = members;
    const key = attempt(context, () => readKey(members));
    if (alg !== '' && (typeof alg !== 'string' || !TOKEN_ALGORITHMS.has(alg))) return [];
    return [{ alg, kid: typeof kid === 'string' ? kid : '', key }];
  });
}

function readKey(members: Members): KeyObject {
  const { kty, k } = members;
  if (kty === 'oct' && typeof k === 'string') return createSecretKey(k, 'base64url');
  return createPublicKey({ key: { ...members }, format: 'jwk' });
}

/** Whatever a library says of a key that it cannot read is an error as OPA has it. */
function attempt<T>(context: string, read: () => T): T {
  try {
    return read();
  } catch (fault) {
    throw new BuiltinError(`${context}: ${fault instanceof Error ? fault.message : 'unreadable'}`);
  }
}
