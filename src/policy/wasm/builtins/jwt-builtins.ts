/** The `io.jwt` family. Source: RFC 7519, section 7.2. */
import { createSecretKey } from 'node:crypto';

import { compareNumbers } from '../rego-number.ts';
import { findValue } from '../compare-values.ts';
import { isRegoArray, RegoNumber, RegoObject, type RegoValue } from '../rego-value.ts';
import {
  BuiltinError,
  BuiltinLimitError,
  type Builtin,
  type BuiltinContext,
  type BuiltinFamily,
} from './builtin.ts';
import { formatRegoValue } from './format-value.ts';
import { formatGoJson } from './go-json.ts';
import { objectOperand, textOperand } from './operand.ts';
import { readJsonObject } from './plain-value.ts';
import { readTokenKeys, type TokenKey } from './token-keys.ts';
import { signToken } from './token-signing.ts';
import { isSigned, TOKEN_ALGORITHMS } from './token-signature.ts';
import { decodePart, decodePayload, readHeader, readToken, type WebToken } from './web-token.ts';

/** By their Rego name. */
export const JWT_BUILTINS: BuiltinFamily = {
  'io.jwt.decode': (operands) => decodeToken(textOperand(operands, 0)),
  'io.jwt.decode_verify': (operands, context) =>
    decodeAndVerify(textOperand(operands, 0), objectOperand(operands, 1), context),
  'io.jwt.encode_sign': (operands, context) => {
    const [header = '', payload = '', key = ''] = operands.map((value) => formatGoJson(value));
    return signToken({ header, payload, key }, context);
  },
  'io.jwt.encode_sign_raw': (operands, context) => {
    const key = textOperand(operands, 2);
    return signToken(
      { header: textOperand(operands, 0), payload: textOperand(operands, 1), key },
      context,
    );
  },
  ...Object.fromEntries(
    [...TOKEN_ALGORITHMS].map((alg) => [`io.jwt.verify_${alg.toLowerCase()}`, verifier(alg)]),
  ),
};

/** A signature takes up to 100 microseconds to verify. */
const VERIFY_FUEL = 30_000;
/** A token within a token within a token is an attack. */
const NESTED_MAX = 10;

function decodeToken(text: string): RegoValue {
  let token = readToken(text);
  let payload = decodePayload(token);
  for (let depth = 0; findValue(token.header, 'cty') === 'JWT'; depth += 1) {
    refuseNesting(depth);
    token = readToken(payload.replace(/^["']+|["']+$/g, ''));
    payload = decodePayload(token);
  }
  const members = readJsonObject(payload);
  const signature = decodePart(
    token.signature,
    (reason) => `JWT signature had invalid encoding: ${reason}`,
  );
  return [token.header, members, signature.toString('hex')];
}

function refuseNesting(depth: number): void {
  if (depth >= NESTED_MAX) throw new BuiltinLimitError(`more than ${NESTED_MAX} tokens are nested`);
}

function verifier(alg: string): Builtin {
  return (operands, context) => {
    const token = readToken(textOperand(operands, 0));
    const key = textOperand(operands, 1);
    if (alg.startsWith('HS')) {
      const keys = [{ alg: '', kid: '', key: createSecretKey(key, 'utf8') }];
      return isVerified(token, keys, { alg, kid: '', context });
    }
    const keys = readTokenKeys(key);
    const header = readHeader(token);
    // The key of that name alone, whatever algorithm it is for.
    const named = header.kid === '' ? undefined : keys.find(({ kid }) => kid === header.kid);
    const fitting = keys.filter((one) => one.alg === '' || one.alg === header.alg);
    return isVerified(token, named === undefined ? fitting : [named], { alg, kid: '', context });
  };
}

interface Verification {
  readonly alg: string;
  readonly kid: string;
  readonly context: BuiltinContext;
}

function isVerified(
  token: WebToken,
  keys: readonly TokenKey[],
  { alg, kid, context }: Verification,
): boolean {
  const signature = decodePart(token.signature, (reason) => reason);
  const named = kid === '' ? undefined : keys.find((one) => one.kid === kid);
  const chosen =
    named === undefined ? keys.filter((one) => one.alg === '' || one.alg === alg) : [named];
  return chosen.some(({ key }) => {
    context.spend?.(VERIFY_FUEL);
    return isSigned(alg, key, { signed: token.signed, signature });
  });
}

interface Constraints {
  readonly keys: readonly TokenKey[];
  readonly alg: string;
  readonly iss: string;
  readonly aud: string;
  /** In seconds since 1970. */
  readonly time: string;
}

const UNVERIFIED: RegoValue = [false, new RegoObject([]), new RegoObject([])];

function decodeAndVerify(text: string, wanted: RegoObject, context: BuiltinContext): RegoValue {
  const constraints = readConstraints(wanted, context);
  let token = readToken(text);
  for (let depth = 0; ; depth += 1) {
    refuseNesting(depth);
    const { alg, kid, cty, isUnderstood } = readHeader(token);
    if (!isUnderstood || (constraints.alg !== '' && constraints.alg !== alg)) return UNVERIFIED;
    if (!isVerified(token, constraints.keys, { alg, kid, context })) return UNVERIFIED;
    if (cty.toUpperCase() !== 'JWT') break;
    token = readToken(decodePayload(token));
  }
  const payload = readJsonObject(decodePayload(token));
  return meetsClaims(payload, constraints) ? [true, token.header, payload] : UNVERIFIED;
}

function readConstraints({ entries }: RegoObject, { nowMs }: BuiltinContext): Constraints {
  const texts = new Map<string, string>();
  let time = String(nowMs / 1000);
  for (const [name, value] of entries) {
    if (name === 'time') time = readTime(value);
    else if (typeof name !== 'string' || !CONSTRAINTS.has(name)) {
      throw new BuiltinError(
        `unknown token validation constraint: ${typeof name === 'string' ? name : formatRegoValue(name)}`,
      );
    } else if (typeof value === 'string') texts.set(name, value);
    else throw new BuiltinError(`${name} constraint: must be a string`);
  }
  const [cert, secret = ''] = [texts.get('cert'), texts.get('secret')];
  if (cert !== undefined && secret !== '') throw new BuiltinError('duplicate key constraints');
  if (cert === undefined && secret === '') throw new BuiltinError('no key constraint');
  const keys =
    cert === undefined
      ? [{ alg: '', kid: '', key: createSecretKey(secret, 'utf8') }]
      : readTokenKeys(cert);
  const [alg = '', iss = '', aud = ''] = ['alg', 'iss', 'aud'].map((name) => texts.get(name));
  return { keys, alg, iss, aud, time };
}

const CONSTRAINTS: ReadonlySet<string> = new Set(['cert', 'secret', 'alg', 'iss', 'aud']);
const NANOSECONDS_PER_SECOND = 1e9;

function readTime(value: RegoValue): string {
  if (!(value instanceof RegoNumber)) {
    throw new BuiltinError('token time constraint: must be a number');
  }
  const ns = Number(value.text);
  if (ns < 0) throw new BuiltinError('token time constraint: must not be negative');
  return String(ns / NANOSECONDS_PER_SECOND);
}

/** RFC 7519, section 4.1: issuer, audience, expiry and begin. */
function meetsClaims(payload: RegoObject, { iss, aud, time }: Constraints): boolean {
  if (iss !== '' && findValue(payload, 'iss') !== iss) return false;
  const audience = findValue(payload, 'aud');
  // A token for somebody is no token for whoever names nobody.
  if (audience === undefined ? aud !== '' : !isFor(audience, aud)) return false;
  const expiry = readSeconds(payload, 'exp');
  if (expiry !== undefined && compareNumbers(time, expiry) >= 0) return false;
  const begin = readSeconds(payload, 'nbf');
  return begin === undefined || compareNumbers(time, begin) >= 0;
}

function isFor(audience: RegoValue, wanted: string): boolean {
  if (typeof audience === 'string') return audience === wanted;
  return isRegoArray(audience) && audience.includes(wanted);
}

function readSeconds(payload: RegoObject, name: string): string | undefined {
  const value = findValue(payload, name);
  if (value === undefined) return undefined;
  if (value instanceof RegoNumber) return value.text;
  throw new BuiltinError(`${name} value must be a number`);
}
