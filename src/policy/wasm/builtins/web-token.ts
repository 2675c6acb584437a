/** JSON Web Tokens (RFC 7519) as they are written: three parts, of which the first is an object. */
import { findValue } from '../compare-values.ts';
import { isRegoArray, type RegoObject } from '../rego-value.ts';
import { BuiltinError } from './builtin.ts';
import { readJsonObject } from './plain-value.ts';

export interface WebToken {
  readonly header: RegoObject;
  /** Header and payload as they were signed. */
  readonly signed: string;
  /** The payload in base64url. */
  readonly payload: string;
  readonly signature: string;
}

/** The members of a header that are understood. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string;
  readonly cty: string;
  /** Whether all parameters that are critical are understood (RFC 7515, section 4.1.11). */
  readonly isUnderstood: boolean;
}

/** Splits a token and reads its header. */
export function readToken(text: string): WebToken {
  if (!text.includes('.')) throw new BuiltinError('encoded JWT had no period separators');
  const parts = text.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3) {
    throw new BuiltinError(`encoded JWT must have 3 sections, found ${parts.length}`);
  }
  const read = decodePart(header, (reason) => `JWT header had invalid encoding: ${reason}`);
  const members = readJsonObject(read.toString(), (reason) => `bad JWT header: ${reason}`);
  if (findValue(members, 'enc') !== undefined) {
    throw new BuiltinError('JWT is a JWE object, which is not supported');
  }
  return { header: members, signed: `${header}.${payload}`, payload, signature };
}

/** The payload as text. */
export function decodePayload({ payload }: WebToken): string {
  return decodePart(payload, (reason) => `JWT payload had invalid encoding: ${reason}`).toString();
}

/** base64url, with or without padding (RFC 7515, appendix C). */
export function decodePart(part: string, explain: (reason: string) => string): Buffer {
  const bare = part.replace(/={1,2}$/, '');
  if (bare.length % 4 === 1) {
    throw new BuiltinError(explain(`illegal base64url string: ${part}`));
  }
  const wrong = /[^A-Za-z0-9_-]/.exec(bare);
  if (wrong !== null) {
    throw new BuiltinError(explain(`illegal base64 data at input byte ${wrong.index}`));
  }
  return Buffer.from(bare, 'base64url');
}

/** Reads the members that decide about a token. */
export function readHeader({ header }: WebToken): TokenHeader {
  const texts = new Map<string, string>();
  for (const name of ['alg', 'kid', 'typ', 'cty']) {
    const value = findValue(header, name);
    if (value !== undefined && typeof value !== 'string') {
      throw new BuiltinError(`${name}: must be a string`);
    }
    texts.set(name, value ?? '');
  }
  const critical = readCritical(header);
  const unknown = header.entries
    .map(([name]) => name)
    .filter((name) => name !== 'crit' && !(typeof name === 'string' && texts.has(name)));
  const alg = texts.get('alg') ?? '';
  return {
    alg,
    kid: texts.get('kid') ?? '',
    cty: texts.get('cty') ?? '',
    isUnderstood: alg !== '' && !unknown.some((name) => critical.has(name)),
  };
}

function readCritical(header: RegoObject): ReadonlySet<unknown> {
  const value = findValue(header, 'crit');
  if (value === undefined) return new Set();
  if (!isRegoArray(value)) throw new BuiltinError('crit: must be a list');
  const names = value.filter((name) => typeof name === 'string');
  if (names.length === 0) throw new BuiltinError('crit: must be a nonempty list');
  return new Set(names);
}
