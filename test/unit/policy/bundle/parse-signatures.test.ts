import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseClaims, parseSignatures } from '../../../../src/policy/bundle/parse-signatures.ts';

const HASH = 'AB'.repeat(32);

describe('parseSignatures()', () => {
  for (const text of [
    '{"signatures":["t"]}',
    '{"signatures":["t"],"plugin":"_default"}',
    '{"signatures":["t"],"plugin":""}',
  ]) {
    it(`takes ${text}`, () => {
      assert.deepEqual(parseSignatures(Buffer.from(text)), { ok: true, value: 't' });
    });
  }

  for (const [text, reason] of [
    ['{', /^\.signatures\.json cannot be read: The document is not JSON/u],
    [
      '{"signatures":[],"signatures":["t"]}',
      /^\.signatures\.json cannot be read: The key "signatures" is written twice$/u,
    ],
    ['{"signatures":[]}', /^\.signatures\.json has another form: signatures/u],
    ['{"signatures":["a","b"]}', /^\.signatures\.json has another form: signatures: Too big/u],
    ['{"signatures":["t"],"plugin":"other"}', /^\.signatures\.json has another form: plugin: /u],
    ['[]', /^\.signatures\.json has another form: : /u],
  ] as const) {
    it(`refuses ${text}`, () => {
      const read = parseSignatures(Buffer.from(text));

      assert.ok(!read.ok);
      assert.match(read.reason, reason);
    });
  }
});

describe('parseClaims()', () => {
  it('reads the files, and leaves other claims alone', () => {
    const files = [{ name: 'a', hash: HASH, algorithm: 'SHA-256', more: 1 }];

    assert.deepEqual(
      parseClaims(JSON.stringify({ files, keyid: 'k', scope: 's', exp: 2, nbf: 1, iat: 3 })),
      {
        ok: true,
        value: {
          files: new Map([['a', { name: 'a', hash: HASH.toLowerCase(), algorithm: 'SHA-256' }]]),
          scope: 's',
          expiresAt: 2,
          notBefore: 1,
          issuedAt: 3,
        },
      },
    );
    assert.deepEqual(parseClaims('{"files":[]}'), {
      ok: true,
      value: {
        files: new Map(),
        scope: '',
        expiresAt: undefined,
        notBefore: undefined,
        issuedAt: undefined,
      },
    });
  });

  for (const [states, claims, reason] of [
    [
      'weak hashes',
      { files: [{ name: 'a', hash: HASH, algorithm: 'MD5' }] },
      /has another form: files\.0\.algorithm: /u,
    ],
    [
      'a hash that is none',
      { files: [{ name: 'a', hash: 'ab', algorithm: 'SHA-256' }] },
      /has another form: files\.0\.hash: /u,
    ],
    ['an expiry that is no number', { files: [], exp: 'never' }, /has another form: exp: /u],
    [
      'a file that is named twice',
      {
        files: [
          { name: 'a', hash: HASH, algorithm: 'SHA-256' },
          { name: 'a', hash: HASH, algorithm: 'SHA-256' },
        ],
      },
      /^the signature names "a" twice$/u,
    ],
    ['no files', {}, /has another form: files: /u],
  ] as const) {
    it(`refuses ${states}`, () => {
      const read = parseClaims(JSON.stringify(claims));

      assert.ok(!read.ok);
      assert.match(read.reason, reason);
    });
  }
});
