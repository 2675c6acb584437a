/** Private keys of PEM, as JSON Web Keys and in the shape of Go's JSON. */
import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';

import { BuiltinError, BuiltinLimitError, type BuiltinContext } from '../builtin.ts';
import { BUILTIN_LIMITS } from '../limits.ts';
import { readPemBlocks, type PemBlock } from './pem-blocks.ts';
import { toNumber } from './public-key-fields.ts';

/** An RSA key of 8,192 bits takes a millisecond to read. */
const READ_FUEL = 300_000;

const TYPES: ReadonlyMap<string, 'pkcs1' | 'pkcs8' | 'sec1'> = new Map([
  ['RSA PRIVATE KEY', 'pkcs1'],
  ['PRIVATE KEY', 'pkcs8'],
  ['EC PRIVATE KEY', 'sec1'],
]);

/** All keys of a text in PEM; blocks of other types are passed over. */
export function readPrivateKeys(text: string, context: BuiltinContext): readonly KeyObject[] {
  return readPemBlocks(text)
    .filter(({ type }) => TYPES.has(type))
    .map((block) => readPrivateKey(block, context));
}

/** The key of a block of one of the three types. */
export function readPrivateKey({ type, bytes }: PemBlock, context: BuiltinContext): KeyObject {
  if (bytes.length > BUILTIN_LIMITS.keyChars) {
    throw new BuiltinLimitError(`the key has more than ${BUILTIN_LIMITS.keyChars} bytes`);
  }
  context.spend?.(READ_FUEL);
  try {
    return createPrivateKey({ key: bytes, format: 'der', type: TYPES.get(type) ?? 'pkcs8' });
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : 'unreadable';
    throw new BuiltinError(`x509: failed to parse private key: ${reason}`);
  }
}

/** A JSON Web Key (RFC 7517). */
export function toJsonWebKey(key: KeyObject): JsonWebKey {
  return key.export({ format: 'jwk' });
}

const CURVES: ReadonlySet<string | undefined> = new Set(['P-256', 'P-384', 'P-521']);

/** As Go writes the key in JSON. */
export function toGoKey(key: KeyObject): unknown {
  const { kty, crv, n, e, d, x, y, p, q, dp, dq, qi } = toJsonWebKey(key);
  if (kty === 'RSA') {
    const Precomputed = { Dp: toNumber(dp), Dq: toNumber(dq), Qinv: toNumber(qi), CRTValues: [] };
    const Primes = [toNumber(p), toNumber(q)];
    return { N: toNumber(n), E: Number(toNumber(e)), D: toNumber(d), Primes, Precomputed };
  }
  if (kty === 'EC' && CURVES.has(crv)) {
    return { Curve: {}, D: toNumber(d), X: toNumber(x), Y: toNumber(y) };
  }
  if (crv !== 'Ed25519') throw new BuiltinError('x509: unknown private key type');
  const bytes = [d, x].map((part) => Buffer.from(part ?? '', 'base64url'));
  return Buffer.concat(bytes).toString('base64');
}
