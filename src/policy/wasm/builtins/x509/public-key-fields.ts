/** Algorithms and keys in the numbers and shapes of Go's `crypto/x509` in JSON. */
import { createPublicKey } from 'node:crypto';

import type { Element } from '../../../../base/parse-ber.ts';
import { malformed, readBits, readIdentifier } from './der-values.ts';

/** By object identifier. */
export const PUBLIC_KEY_ALGORITHMS: ReadonlyMap<string, number> = new Map([
  ['1.2.840.113549.1.1.1', 1],
  ['1.2.840.10040.4.1', 2],
  ['1.2.840.10045.2.1', 3],
  ['1.3.101.112', 4],
]);

const SIGNATURE_ALGORITHMS: ReadonlyMap<string, number> = new Map([
  ['1.2.840.113549.1.1.4', 2],
  ['1.2.840.113549.1.1.5', 3],
  ['1.3.14.3.2.29', 3],
  ['1.2.840.113549.1.1.11', 4],
  ['1.2.840.113549.1.1.12', 5],
  ['1.2.840.113549.1.1.13', 6],
  ['1.2.840.10040.4.3', 7],
  ['2.16.840.1.101.3.4.3.2', 8],
  ['1.2.840.10045.4.1', 9],
  ['1.2.840.10045.4.3.2', 10],
  ['1.2.840.10045.4.3.3', 11],
  ['1.2.840.10045.4.3.4', 12],
  ['1.3.101.112', 16],
]);

const RSA_PSS = '1.2.840.113549.1.1.10';
const PSS_BY_HASH: ReadonlyMap<string, number> = new Map([
  ['2.16.840.1.101.3.4.2.1', 13],
  ['2.16.840.1.101.3.4.2.2', 14],
  ['2.16.840.1.101.3.4.2.3', 15],
]);

/** 0 for one that Go does not know. */
export function signatureAlgorithm(algorithm: Element): number {
  const [identifier, parameters] = algorithm.children;
  const name = readIdentifier(identifier);
  if (name !== RSA_PSS) return SIGNATURE_ALGORITHMS.get(name) ?? 0;
  const hash = parameters?.children[0]?.children[0]?.children[0];
  return hash === undefined ? 0 : (PSS_BY_HASH.get(readIdentifier(hash)) ?? 0);
}

/** `null` for a key that Go does not read. */
export function readPublicKey(info: Element, identifier: string): unknown {
  const algorithm = PUBLIC_KEY_ALGORITHMS.get(identifier);
  if (algorithm === 4) return readBits(info.children[1]).toString('base64');
  if (algorithm !== 1 && algorithm !== 3) return null;
  const { n, e, x, y } = exportKey(info.raw);
  return algorithm === 1
    ? { N: toNumber(n), E: Number(toNumber(e)) }
    : { Curve: {}, X: toNumber(x), Y: toNumber(y) };
}

function exportKey(raw: Buffer) {
  try {
    return createPublicKey({ key: raw, format: 'der', type: 'spki' }).export({ format: 'jwk' });
  } catch {
    throw malformed('invalid public key');
  }
}

/** Of base64url. */
export function toNumber(text: string | undefined): bigint {
  const hex = Buffer.from(text ?? '', 'base64url').toString('hex');
  return hex === '' ? 0n : BigInt(`0x${hex}`);
}
