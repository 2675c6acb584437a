import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUnverifiedPayload } from '../../../../src/base/json-web-signature.ts';
import { parseSignatures } from '../../../../src/policy/bundle/parse-signatures.ts';
import { signBundle } from '../../../../src/policy/bundle/sign-bundle.ts';
import { makeBundleKey } from '../../../support/bundle-keys.ts';

test('signBundle() replaces a signature, names its key as asked, and signs every other file', async () => {
  const key = await makeBundleKey();
  const files = new Map([
    ['b', Buffer.from('')],
    ['a', Buffer.from('')],
    ['.signatures.json', Buffer.from('old')],
  ]);

  const signed = await signBundle(files, { key, keyId: 'mine', nowMs: 1500, expiresAtMs: 9999 });

  assert.ok(signed.ok);
  const token = parseSignatures(signed.value.get('.signatures.json') ?? Buffer.from(''));
  assert.ok(token.ok);
  const read = readUnverifiedPayload(token.value);
  const hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  assert.equal(read?.keyId, 'mine');
  assert.deepEqual(JSON.parse(read.payload), {
    files: [
      { name: 'a', hash, algorithm: 'SHA-256' },
      { name: 'b', hash, algorithm: 'SHA-256' },
    ],
    keyid: 'mine',
    iat: 1,
    exp: 9,
  });
});

test('signBundle() signs nothing that two readers may read differently', async () => {
  const key = await makeBundleKey();

  for (const [name, text, reason] of [
    ['data.json', '{"a":1,"a":2}', '"data.json": The key "a" is written twice'],
    [
      'lib/data.yaml',
      'a: 1',
      '"lib/data.yaml" is YAML, which two readers may read differently: write data.json',
    ],
    ['data.json', ' '.repeat(9 * 1024 * 1024), '"data.json" is larger than 8388608 bytes'],
  ] as const) {
    assert.deepEqual(await signBundle(new Map([[name, Buffer.from(text)]]), { key, nowMs: 0 }), {
      ok: false,
      reason,
    });
  }
});
