import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUnverifiedHead, signHead, verifyHead } from '../../../../src/audit/verify/head.ts';
import {
  generateSigningKeyText,
  readSigningKey,
  signText,
  type SigningKey,
} from '../../../../src/base/json-web-signature.ts';

const head = {
  chain: '01JD3V9K2M8Q4W6X0Y2Z4A6B8C',
  cluster: 'prod-eu-1',
  replica: 'holdfast-0',
  sequence: 42,
  hash: 'a'.repeat(64),
  time: '2026-01-02T03:04:05.678Z',
  segment: 1,
  sealed: false,
};

async function makeKey(): Promise<SigningKey> {
  const read = await readSigningKey(generateSigningKeyText());
  assert.ok(read.ok);
  return read.key;
}

test('a signed head verifies, and says what was signed', async () => {
  const key = await makeKey();
  const jws = await signHead(head, key);

  assert.deepEqual(await verifyHead(jws, [key]), { ok: true, head, keyId: key.keyId });
  assert.deepEqual(readUnverifiedHead(jws), { head, keyId: key.keyId });
});

test('a head by an unknown key is refused', async () => {
  const jws = await signHead(head, await makeKey());

  assert.deepEqual(await verifyHead(jws, [await makeKey()]), {
    ok: false,
    reason: 'no trusted key has its key id',
  });
});

for (const payload of ['no JSON', '{}', JSON.stringify({ ...head, sequence: -1 })]) {
  test(`a signed text that is no head is refused: ${payload.slice(0, 20)}`, async () => {
    const key = await makeKey();
    const jws = await signText(payload, key, 'holdfast-head+jwt');

    assert.deepEqual(await verifyHead(jws, [key]), {
      ok: false,
      reason: 'it does not say what a head says',
    });
    assert.equal(readUnverifiedHead(jws), undefined);
  });
}

test('another statement by the same key cannot pass for a head', async () => {
  const key = await makeKey();
  const jws = await signText(JSON.stringify(head), key, 'holdfast-grant+jwt');

  assert.deepEqual(await verifyHead(jws, [key]), {
    ok: false,
    reason: 'its type is not "holdfast-head+jwt"',
  });
});
