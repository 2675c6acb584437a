import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import {
  generateSigningKeyText,
  readSigningKey,
  readUnverifiedPayload,
  readVerificationKey,
  signAppToken,
  signText,
  verifyText,
  type SigningKey,
} from '../../../src/base/json-web-signature.ts';

async function makeKey(text = generateSigningKeyText()): Promise<SigningKey> {
  const read = await readSigningKey(text);
  assert.ok(read.ok);
  return read.key;
}

function pem(namedCurve: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

test('a signed text verifies with its key, and says which key that was', async () => {
  const key = await makeKey();
  const signed = await signText('{"a":"ä"}', key, 'sample+jwt');

  assert.deepEqual(await verifyText(signed, [await makeKey(), key], 'sample+jwt'), {
    ok: true,
    payload: '{"a":"ä"}',
    keyId: key.keyId,
  });
  assert.deepEqual(readUnverifiedPayload(signed), { keyId: key.keyId, payload: '{"a":"ä"}' });
});

test('a P-256 key in PEM signs with ES256, and its public JSON checks it', async () => {
  const key = await makeKey(pem('prime256v1'));
  const published = await readVerificationKey(JSON.stringify(key.publicJwk));
  assert.ok(published.ok);

  const signed = await signText('x', key, 't');

  assert.equal(key.algorithm, 'ES256');
  assert.deepEqual(await verifyText(signed, [published.key], 't'), {
    ok: true,
    payload: 'x',
    keyId: key.keyId,
  });
  assert.deepEqual(Object.keys(key.publicJwk).toSorted(), ['alg', 'crv', 'kid', 'kty', 'x', 'y']);
});

test('a changed, foreign or differently meant text is refused with the reason', async () => {
  const key = await makeKey();
  const signed = await signText('payload', key, 't');
  const [header = '', , signature = ''] = signed.split('.');
  const changed = [header, Buffer.from('other').toString('base64url'), signature].join('.');

  for (const [text, keys, type, reason] of [
    [changed, [key], 't', 'the signature does not match'],
    [signed, [await makeKey()], 't', 'no trusted key has its key id'],
    [signed, [key], 'other', 'its type is not "other"'],
    ['a.b', [key], 't', 'it is no compact JSON web signature'],
    ['%.b.c', [key], 't', 'it is no compact JSON web signature'],
  ] as const) {
    assert.deepEqual(await verifyText(text, keys, type), { ok: false, reason });
  }
  assert.equal(readUnverifiedPayload('nothing'), undefined);
});

test('the header cannot choose another algorithm than its key has', async () => {
  const key = await makeKey();
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = Buffer.from('x').toString('base64url');

  for (const alg of ['none', 'HS256', 'ES256']) {
    const forged = `${encode({ alg, kid: key.keyId, typ: 't' })}.${payload}.AAAA`;
    assert.deepEqual(await verifyText(forged, [key], 't'), {
      ok: false,
      reason: 'the signature does not match',
    });
  }
});

test('what is no key, or another kind of key, is refused without being repeated', async () => {
  for (const text of ['', '{}', 'not a key', '{"kty":"OKP"}']) {
    assert.deepEqual(await readSigningKey(text), {
      ok: false,
      reason: 'it is neither a JSON web key nor a PKCS #8 key in PEM',
    });
    assert.deepEqual(await readVerificationKey(text), {
      ok: false,
      reason: 'it is neither a JSON web key nor a public key in PEM',
    });
  }
  assert.deepEqual(await readSigningKey(pem('secp384r1')), {
    ok: false,
    reason: 'it is neither Ed25519 nor P-256',
  });
});

test('an app signs with RSA alone, and a key that cannot be used is not repeated', async () => {
  const validity = { nowMs: 0, before: 60, after: 540 };
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const privateKey = rsa.export({ format: 'pem', type: 'pkcs8' }).toString();

  const signed = await signAppToken({ appId: '12', privateKey }, validity);

  assert.ok(signed.ok);
  assert.deepEqual(
    signed.token
      .split('.')
      .slice(0, 2)
      .map((part): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())),
    [
      { alg: 'RS256', typ: 'JWT' },
      { iss: '12', iat: -60, exp: 540 },
    ],
  );
  assert.deepEqual(await signAppToken({ appId: '12', privateKey: pem('P-256') }, validity), {
    ok: false,
    reason: 'it is no RSA key',
  });
  assert.deepEqual(await signAppToken({ appId: '12', privateKey: 'secret' }, validity), {
    ok: false,
    reason: 'it is no RSA private key in PEM',
  });
});
