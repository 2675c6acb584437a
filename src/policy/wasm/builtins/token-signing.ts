/** Makes JSON Web Tokens (RFC 7515, section 7.1), where the same input gives the same token. */
import {
  createHmac,
  createPrivateKey,
  createSecretKey,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

import { isRecord } from '../../../base/is-record.ts';
import { BuiltinError, BuiltinLimitError, type BuiltinContext } from './builtin.ts';
import { BUILTIN_LIMITS } from './limits.ts';
import { TOKEN_ALGORITHMS } from './token-signature.ts';

/** What is signed, as it is written into the token. */
export interface TokenParts {
  /** JSON. */
  readonly header: string;
  readonly payload: string;
  /** A JSON Web Key, or a set of which the first one signs. */
  readonly key: string;
}

/** An RSA key of 8,192 bits takes some 10 ms. */
const SIGN_FUEL = 3_000_000;
const HMAC_FUEL = 3_000;

/** The token in its compact form. */
export function signToken({ header, payload, key }: TokenParts, context: BuiltinContext): string {
  const members = readKeyMembers(key);
  const { alg, typ } = readHeader(header);
  if (!TOKEN_ALGORITHMS.has(alg)) throw new BuiltinError(`unknown JWS algorithm: ${alg}`);
  if ((typ === undefined || typ === 'JWT') && !isJson(payload)) {
    throw new BuiltinError('type is JWT but payload is not JSON');
  }
  const signed = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.');
  return `${signed}.${signPart(signed, { alg, members, context }).toString('base64url')}`;
}

type KeyMembers = Readonly<Record<string, unknown>>;

/** Numbers of a key cost their cube in time. */
function readKeyMembers(text: string): KeyMembers {
  if (text.length > BUILTIN_LIMITS.keyChars) {
    throw new BuiltinLimitError(`the key has more than ${BUILTIN_LIMITS.keyChars} characters`);
  }
  const parsed = readJson(text, 'failed to parse a JWK key (set)');
  const listed: unknown = isRecord(parsed) ? (parsed['keys'] ?? [parsed]) : [];
  const first: unknown = Array.isArray(listed) ? listed[0] : undefined;
  if (!isRecord(first)) throw new BuiltinError('no keys found in JWK set');
  return first;
}

function readHeader(text: string): { readonly alg: string; readonly typ: string | undefined } {
  const missing = "missing or invalid 'alg' header";
  if (text === '') {
    throw new BuiltinError(`${missing}: cannot parse JSON: cannot parse empty string`);
  }
  // OPA's reader takes what looks like a number for one.
  const parsed = /^[-+.\deE]+$/.test(text) ? {} : readJson(text, `${missing}: cannot parse JSON`);
  const { alg, typ } = isRecord(parsed) ? parsed : {};
  if (typeof alg !== 'string') throw new BuiltinError(`${missing}: jwsbb: header "alg" not found`);
  return { alg, typ: typeof typ === 'string' ? typ : undefined };
}

function readJson(text: string, context: string): unknown {
  try {
    return JSON.parse(text);
  } catch (fault) {
    throw new BuiltinError(`${context}: ${fault instanceof Error ? fault.message : 'unreadable'}`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface Signing {
  readonly alg: string;
  readonly members: KeyMembers;
  readonly context: BuiltinContext;
}

function signPart(signed: string, { alg, members, context }: Signing): Buffer {
  const hash = `sha${alg.slice(2)}`;
  switch (alg.slice(0, 2)) {
    case 'HS': {
      context.spend?.(HMAC_FUEL);
      return createHmac(hash, readSecret(members)).update(signed).digest();
    }
    case 'RS':
      return signWith(members, { signed, hash, type: 'rsa', context });
    case 'Ed':
      return signWith(members, { signed, hash: null, type: 'ed25519', context });
    default:
      throw new BuiltinLimitError(
        `a signature of ${alg} is random, and a decision must come out the same when it is judged again: use HS256, RS256 or EdDSA`,
      );
  }
}

function readSecret({ kty, k }: KeyMembers): KeyObject {
  if (kty === 'oct' && typeof k === 'string') return createSecretKey(k, 'base64url');
  throw new BuiltinError('failed to sign: the key is no symmetric one');
}

interface KeySigning {
  readonly signed: string;
  readonly hash: string | null;
  readonly type: string;
  readonly context: BuiltinContext;
}

function signWith(members: KeyMembers, { signed, hash, type, context }: KeySigning): Buffer {
  context.spend?.(SIGN_FUEL);
  try {
    const key = createPrivateKey({ key: toJsonWebKey(members), format: 'jwk' });
    if (key.asymmetricKeyType !== type) throw new Error(`the key is not of type ${type}`);
    return sign(hash, Buffer.from(signed), key);
  } catch (fault) {
    throw new BuiltinError(
      `failed to sign: ${fault instanceof Error ? fault.message : 'unreadable key'}`,
    );
  }
}

/** Members that are no text belong to no key. */
function toJsonWebKey(members: KeyMembers): JsonWebKey {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => typeof value === 'string'),
  );
}
