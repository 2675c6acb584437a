import { it } from 'node:test';
import { constants, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

import { builtinCases } from '../../../../support/builtin-table.ts';

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** A token whose signature `make` makes of what is signed. */
function tokenOf(
  header: Readonly<Record<string, unknown>>,
  payload: string,
  make: (data: Buffer) => Buffer,
): string {
  const signed = `${encode(JSON.stringify(header))}.${encode(payload)}`;
  return `${signed}.${make(Buffer.from(signed)).toString('base64url')}`;
}

const SECRET = 'a secret of a test';
const bySecret = (data: Buffer): Buffer => createHmac('sha256', SECRET).update(data).digest();
const HS = { alg: 'HS256' };
const token = tokenOf(HS, '{"iss":"ci","n":12345678901234567890}', bySecret);
const forSomebody = tokenOf(HS, '{"aud":["a","b"]}', bySecret);
const expired = tokenOf(HS, '{"exp":1700000000}', bySecret);
const future = tokenOf(HS, '{"nbf":1700000001}', bySecret);
const nested = tokenOf({ alg: 'HS256', cty: 'JWT' }, token, bySecret);

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const pem = (key: KeyObject): string =>
  JSON.stringify(key.export({ type: 'spki', format: 'pem' }).toString());
const jwks = (...keys: readonly object[]): string => JSON.stringify(JSON.stringify({ keys }));
const jwkOf = (key: KeyObject): object => key.export({ format: 'jwk' });

const byRsa = tokenOf({ alg: 'RS256', kid: 'one' }, '{}', (data) =>
  sign('sha256', data, rsa.privateKey),
);
const byPss = tokenOf({ alg: 'PS384' }, '{}', (data) =>
  sign('sha384', data, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING }),
);
const byEc = tokenOf({ alg: 'ES256' }, '{}', (data) =>
  sign('sha256', data, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
);
const byEd = tokenOf({ alg: 'EdDSA' }, '{}', (data) => sign(null, data, ed.privateKey));

const UNVERIFIED = '[false,{},{}]';
const verified = (header: string, payload: string): string => `[true,${header},${payload}]`;
const both = (text: string, constraints: string): string => `["${text}", ${constraints}]`;
const withSecret = (more = ''): string => `{"secret": "${SECRET}"${more}}`;
const verify = 'io.jwt.decode_verify';
const NOTHING = (): Buffer => Buffer.from('');

for (const [name, run] of await builtinCases({
  results: [
    [
      'io.jwt.decode',
      `["${tokenOf(HS, '{"b": 1.50,\n "a": "é"}', () => Buffer.from('ab', 'hex'))}"]`,
      '[{"alg":"HS256"},{"a":"é","b":1.50},"ab"]',
    ],
    [
      'io.jwt.decode',
      `["${tokenOf({ cty: 'JWT' }, `"${tokenOf(HS, '{}', NOTHING)}"`, NOTHING)}"]`,
      '[{"alg":"HS256"},{},""]',
    ],
    ['io.jwt.verify_hs256', `["${token}", "${SECRET}"]`, 'true'],
    ['io.jwt.verify_hs256', `["${token}", "another"]`, 'false'],
    ['io.jwt.verify_hs384', `["${token}", "${SECRET}"]`, 'false'],
    ['io.jwt.verify_rs256', `["${byRsa}", ${pem(rsa.publicKey)}]`, 'true'],
    ['io.jwt.verify_rs256', `["${byRsa}", ${pem(ec.publicKey)}]`, 'false'],
    ['io.jwt.verify_rs512', `["${byRsa}", ${pem(rsa.publicKey)}]`, 'false'],
    ['io.jwt.verify_ps384', `["${byPss}", ${pem(rsa.publicKey)}]`, 'true'],
    ['io.jwt.verify_ps384', `["${byPss}", ${pem(ed.publicKey)}]`, 'false'],
    ['io.jwt.verify_es256', `["${byEc}", ${jwks(jwkOf(ec.publicKey))}]`, 'true'],
    ['io.jwt.verify_es256', `["${byEc}", ${jwks(jwkOf(rsa.publicKey))}]`, 'false'],
    ['io.jwt.verify_eddsa', `["${byEd}", ${pem(ed.publicKey)}]`, 'true'],
    ['io.jwt.verify_eddsa', `["${byEc}", ${pem(ec.publicKey)}]`, 'false'],
    // The key of that name decides alone, and others that are for another algorithm do not.
    [
      'io.jwt.verify_rs256',
      `["${byRsa}", ${jwks({ ...jwkOf(ec.publicKey), kid: 'one' }, jwkOf(rsa.publicKey))}]`,
      'false',
    ],
    [
      'io.jwt.verify_rs256',
      `["${byRsa}", ${jwks({ ...jwkOf(rsa.publicKey), alg: 'RS512' }, { ...jwkOf(rsa.publicKey), alg: 'other' })}]`,
      'false',
    ],
    [
      'io.jwt.verify_rs256',
      `["${byRsa}", ${JSON.stringify(JSON.stringify({ ...jwkOf(rsa.publicKey), alg: 'RS256', kid: 1 }))}]`,
      'true',
    ],
    [
      verify,
      both(token, withSecret(', "iss": "ci", "alg": "HS256"')),
      verified('{"alg":"HS256"}', '{"iss":"ci","n":12345678901234567890}'),
    ],
    [verify, both(token, withSecret(', "iss": "other"')), UNVERIFIED],
    [verify, both(token, withSecret(', "alg": "HS512"')), UNVERIFIED],
    [verify, both(token, withSecret(', "aud": "a"')), UNVERIFIED],
    [verify, both(token, '{"secret": "another"}'), UNVERIFIED],
    // Whoever names an algorithm in the token does not choose what the key is for.
    [
      verify,
      both(
        tokenOf(HS, '{}', (data) =>
          createHmac('sha256', String(rsa.publicKey.export({ type: 'spki', format: 'pem' })))
            .update(data)
            .digest(),
        ),
        `{"cert": ${pem(rsa.publicKey)}}`,
      ),
      UNVERIFIED,
    ],
    [verify, both(tokenOf({ alg: 'none' }, '{}', NOTHING), withSecret()), UNVERIFIED],
    [verify, both(tokenOf({}, '{}', NOTHING), withSecret()), UNVERIFIED],
    [
      verify,
      both(tokenOf({ alg: 'HS256', crit: ['x'], x: 1 }, '{}', bySecret), withSecret()),
      UNVERIFIED,
    ],
    [
      verify,
      both(forSomebody, withSecret(', "aud": "b"')),
      verified('{"alg":"HS256"}', '{"aud":["a","b"]}'),
    ],
    [verify, both(forSomebody, withSecret()), UNVERIFIED],
    [verify, both(tokenOf(HS, '{"aud":"b"}', bySecret), withSecret(', "aud": "c"')), UNVERIFIED],
    [verify, both(tokenOf(HS, '{"aud":1}', bySecret), withSecret(', "aud": "1"')), UNVERIFIED],
    [verify, both(expired, withSecret()), UNVERIFIED],
    [
      verify,
      both(expired, withSecret(', "time": 1699999999000000000')),
      verified('{"alg":"HS256"}', '{"exp":1700000000}'),
    ],
    [verify, both(future, withSecret()), UNVERIFIED],
    [
      verify,
      both(future, withSecret(', "time": 1700000001000000000')),
      verified('{"alg":"HS256"}', '{"nbf":1700000001}'),
    ],
    [
      verify,
      both(nested, withSecret()),
      verified('{"alg":"HS256"}', '{"iss":"ci","n":12345678901234567890}'),
    ],
    [
      verify,
      both(byRsa, `{"cert": ${jwks({ ...jwkOf(rsa.publicKey), kid: 'one', alg: 'RS256' })}}`),
      verified('{"alg":"RS256","kid":"one"}', '{}'),
    ],
  ],
  failures: [
    ['io.jwt.decode', '["a"]', 'encoded JWT had no period separators'],
    ['io.jwt.decode', '["a.b"]', 'encoded JWT must have 3 sections, found 2'],
    ['io.jwt.decode', '["a.b.c"]', 'JWT header had invalid encoding: illegal base64url string: a'],
    [
      'io.jwt.decode',
      '["a$aa.b.c"]',
      'JWT header had invalid encoding: illegal base64 data at input byte 1',
    ],
    [
      'io.jwt.decode',
      `["${encode('[]')}.b.c"]`,
      'bad JWT header: decoded JSON type was not an Object',
    ],
    [
      'io.jwt.decode',
      `["${encode('{"enc": 1}')}.b.c"]`,
      'JWT is a JWE object, which is not supported',
    ],
    [
      'io.jwt.decode',
      `["${encode('{}')}.a.c"]`,
      'JWT payload had invalid encoding: illegal base64url string: a',
    ],
    [
      'io.jwt.decode',
      `["${encode('{}')}.${encode('{}')}.a"]`,
      'JWT signature had invalid encoding: illegal base64url string: a',
    ],
    ['io.jwt.verify_hs256', '[1, "a"]', 'operand 1 must be string but got number'],
    [
      'io.jwt.verify_rs256',
      `["${tokenOf({ kid: 1 }, '{}', NOTHING)}", ${pem(rsa.publicKey)}]`,
      'kid: must be a string',
    ],
    [
      'io.jwt.verify_rs256',
      `["${tokenOf({ crit: 1 }, '{}', NOTHING)}", ${pem(rsa.publicKey)}]`,
      'crit: must be a list',
    ],
    [
      'io.jwt.verify_rs256',
      `["${tokenOf({ crit: [] }, '{}', NOTHING)}", ${pem(rsa.publicKey)}]`,
      'crit: must be a nonempty list',
    ],
    [
      'io.jwt.verify_rs256',
      `["${byRsa}", ${pem(rsa.publicKey).replace(/"$/, 'x"')}]`,
      'extra data after a PEM certificate block',
    ],
    [
      'io.jwt.verify_rs256',
      `["${byRsa}", ${pem(rsa.publicKey).replaceAll('PUBLIC KEY', 'OTHER')}]`,
      'failed to extract a Key from the PEM certificate',
    ],
    [
      'io.jwt.verify_rs256',
      `["${byRsa}", "1"]`,
      'failed to parse a JWK key (set): it is no object',
    ],
    [
      'io.jwt.verify_rs256',
      `["${byRsa}", "{\\"keys\\": [1]}"]`,
      'failed to parse a JWK key (set): a key is no object',
    ],
    [verify, both(token, '{}'), 'no key constraint'],
    [verify, both(token, '{"secret": ""}'), 'no key constraint'],
    [
      verify,
      both(token, withSecret(`, "cert": ${pem(rsa.publicKey)}`)),
      'duplicate key constraints',
    ],
    [verify, both(token, withSecret(', "x": 1')), 'unknown token validation constraint: x'],
    [verify, both(token, withSecret(', [1]: 1')), 'unknown token validation constraint: [1]'],
    [verify, both(token, '{"secret": 1}'), 'secret constraint: must be a string'],
    [verify, both(token, withSecret(', "time": "1"')), 'token time constraint: must be a number'],
    [
      verify,
      both(token, withSecret(', "time": -1')),
      'token time constraint: must not be negative',
    ],
    [
      verify,
      both(tokenOf(HS, '{"exp":"1"}', bySecret), withSecret()),
      'exp value must be a number',
    ],
  ],
  limits: [
    [
      'io.jwt.decode',
      `["${Array.from({ length: 11 }).reduce<string>(
        (inner) => tokenOf({ cty: 'JWT' }, inner, NOTHING),
        tokenOf(HS, '{}', NOTHING),
      )}"]`,
      'more than 10 tokens are nested',
    ],
  ],
})) {
  it(`JWT_BUILTINS: ${name}`, run);
}
