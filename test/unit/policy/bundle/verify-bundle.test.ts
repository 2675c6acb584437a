import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signText, type SigningKey } from '../../../../src/base/json-web-signature.ts';
import type { BundleFiles } from '../../../../src/policy/bundle/bundle-files.ts';
import { signBundle, type SigningOptions } from '../../../../src/policy/bundle/sign-bundle.ts';
import { verifyBundle } from '../../../../src/policy/bundle/verify-bundle.ts';
import { makeBundleKey } from '../../../support/bundle-keys.ts';

const NOW_MS = 1_700_000_000_000;
const FILES: BundleFiles = new Map([
  ['manifest.json', Buffer.from('{"format": 4}')],
  ['data.json', Buffer.from('{"b": 1.0, "a": []}')],
  ['policy.wasm', Buffer.from('module')],
]);

async function sign(
  key: SigningKey,
  options: Partial<SigningOptions> = {},
  files = FILES,
): Promise<Map<string, Uint8Array>> {
  const signed = await signBundle(files, { key, nowMs: NOW_MS, ...options });
  assert.ok(signed.ok);
  return new Map(signed.value);
}

async function verify(
  files: BundleFiles,
  key: SigningKey,
  { scope = '', nowMs = NOW_MS } = {},
): Promise<unknown> {
  const verified = await verifyBundle(files, { keys: [{ key, scope }], nowMs });
  return verified.ok ? verified.value : verified.reason;
}

/** A bundle whose token says what a test wants. */
async function withToken(payload: unknown, key: SigningKey, type = 'JWT'): Promise<BundleFiles> {
  const token = await signText(JSON.stringify(payload), key, type);
  return new Map(FILES).set(
    '.signatures.json',
    Buffer.from(JSON.stringify({ signatures: [token] })),
  );
}

describe('verifyBundle()', () => {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    it(`takes what signBundle() has signed with ${algorithm}, and says by which key`, async () => {
      const key = await makeBundleKey(algorithm);
      const files = await sign(key, { scope: 'test', expiresAtMs: NOW_MS + 1000 });

      assert.deepEqual(await verify(files, key, { scope: 'test' }), {
        keyId: key.keyId,
        scope: 'test',
        expiresAtMs: NOW_MS + 1000,
        signedAtMs: NOW_MS,
      });
    });
  }

  it('refuses a signature of the future, which no later one would come after', async () => {
    const key = await makeBundleKey();
    const ahead = await sign(key, { nowMs: NOW_MS + 5 * 60_000 });
    const far = await sign(key, { nowMs: NOW_MS + 5 * 60_000 + 1000 });

    assert.equal(typeof (await verify(ahead, key)), 'object');
    assert.equal(
      await verify(far, key),
      'its signature is of 2023-11-14T22:18:21.000Z, which is in the future',
    );
    const claims = { files: [], iat: 1e300 };
    assert.match(String(await verify(await withToken(claims, key), key)), /has another form: iat/u);
  });

  it('takes any of several keys, and another way to write the same data', async () => {
    const key = await makeBundleKey();
    const files = await sign(key);
    files.set('data.json', Buffer.from('{"a":[],"b":1.0}'));
    const keys = [
      { key: await makeBundleKey('RS256'), scope: '' },
      { key, scope: '' },
    ];

    assert.ok((await verifyBundle(files, { keys, nowMs: NOW_MS })).ok);
  });

  for (const { states, change, reason } of [
    {
      states: 'another content',
      change: ['policy.wasm', 'other'],
      reason: 'the file "policy.wasm" is not what was signed',
    },
    {
      states: 'a number that is written otherwise',
      change: ['data.json', '{"b":1,"a":[]}'],
      reason: 'the file "data.json" is not what was signed',
    },
    {
      states: 'a key that is written twice',
      change: ['data.json', '{"b":2,"b":1.0,"a":[]}'],
      reason: '"data.json": The key "b" is written twice',
    },
    {
      states: 'one more file',
      change: ['lib/data.json', '{}'],
      reason: 'the file "lib/data.json" was not signed',
    },
    {
      states: 'a second signature in a folder',
      change: ['lib/.signatures.json', '{}'],
      reason: 'the file "lib/.signatures.json" was not signed',
    },
    {
      states: 'a missing file',
      change: ['manifest.json', undefined],
      reason: 'the file "manifest.json" was signed and is missing',
    },
    {
      states: 'no signature',
      change: ['.signatures.json', undefined],
      reason: 'it is not signed: it has no .signatures.json',
    },
    {
      states: 'a signature that is none',
      change: ['.signatures.json', '{"signatures":["a.b"]}'],
      reason: '.signatures.json holds no compact JSON web signature',
    },
    {
      states: 'a file of another form',
      change: ['.signatures.json', '{"signatures":[]}'],
      reason:
        '.signatures.json has another form: signatures: Too small: expected array to have >=1 items',
    },
    {
      states: 'a huge signature',
      change: ['.signatures.json', ' '.repeat(3 * 1024 * 1024)],
      reason: '.signatures.json is larger than 2097152 bytes',
    },
  ] as const) {
    it(`refuses ${states}`, async () => {
      const key = await makeBundleKey();
      const files = await sign(key);
      const [name, text] = change;
      if (text === undefined) files.delete(name);
      else files.set(name, Buffer.from(text));

      assert.equal(await verify(files, key), reason);
    });
  }

  it('refuses another key, and names those that are trusted', async () => {
    const [key, other] = [await makeBundleKey(), await makeBundleKey()];

    assert.equal(
      await verify(await sign(other, { keyId: 'mine' }), key),
      `its signature is of none of the trusted keys ("${key.keyId}"); it names the key "mine"`,
    );
  });

  it('refuses a statement of another kind by the same key', async () => {
    const key = await makeBundleKey();

    assert.equal(
      await verify(await withToken({ files: [] }, key, 'holdfast-grant+jwt'), key),
      '.signatures.json holds a signature of the type "holdfast-grant+jwt", wanted "JWT"',
    );
  });

  it('refuses a signed text of another form', async () => {
    const key = await makeBundleKey();

    assert.match(
      String(await verify(await withToken({ scope: 'x' }, key), key)),
      /^the signed text of \.signatures\.json has another form: files: /u,
    );
  });

  it('refuses another scope', async () => {
    const key = await makeBundleKey();

    assert.equal(
      await verify(await sign(key, { scope: 'test' }), key),
      'its signature has the scope "test", and its key is trusted for no scope',
    );
    assert.equal(
      await verify(await sign(key), key, { scope: 'production' }),
      'its signature has no scope, and its key is trusted for the scope "production"',
    );
  });

  it('refuses a signature that has expired, unless the bundle was taken before', async () => {
    const key = await makeBundleKey();
    const files = await sign(key, { expiresAtMs: NOW_MS });

    assert.equal(await verify(files, key), 'its signature has expired at 2023-11-14T22:13:20.000Z');
    const kept = await verifyBundle(files, { keys: [{ key, scope: '' }] });
    assert.ok(kept.ok);
  });

  it('refuses a signature that is not valid yet', async () => {
    const key = await makeBundleKey();

    assert.equal(
      await verify(await withToken({ files: [], nbf: NOW_MS / 1000 + 1 }, key), key),
      'its signature is valid from 2023-11-14T22:13:21.000Z on',
    );
    assert.equal(
      await verify(await withToken({ files: [], nbf: 1e300 }, key), key),
      'its signature is valid from 1e+300 s on',
    );
  });

  it('refuses a hash of another length', async () => {
    const key = await makeBundleKey();
    const files = [...FILES.keys()].map((name) => ({
      name,
      algorithm: 'SHA-256',
      hash: 'ab'.repeat(48),
    }));

    assert.equal(
      await verify(await withToken({ files }, key), key),
      'the file "manifest.json" is not what was signed',
    );
  });
});
