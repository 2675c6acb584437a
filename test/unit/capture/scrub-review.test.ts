import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { scrubReview } from '../../../src/capture/scrub-review.ts';

const TOKEN = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJ4In0', 'c2lnbmF0dXJl'].join('.');
const KEY = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEow==', '-----END RSA PRIVATE KEY-----'].join(
  '\n',
);

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('scrubReview()', () => {
  it('replaces the data of a Secret and keeps everything else', () => {
    const secret = {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name: 'checkout' },
      type: 'Opaque',
      data: { password: base64('hunter2'), empty: '', absent: null },
      stringData: { user: 'alice' },
    };
    assert.deepEqual(scrubReview({ request: { object: secret } }), {
      request: {
        object: {
          ...secret,
          data: { password: base64('scrubbed-1--'), empty: '', absent: null },
          stringData: { user: 'scrubbed-2------' },
        },
      },
    });
  });

  it('gives the same secret the same placeholder, and different ones different placeholders', () => {
    const secret = (password: string) => ({ kind: 'Secret', data: { password } });
    assert.deepEqual(
      scrubReview({ old: secret('YWFh'), same: secret('YWFh'), other: secret('YmJi') }),
      {
        old: secret(base64('scrubbed-1--')),
        same: secret(base64('scrubbed-1--')),
        other: secret(base64('scrubbed-2--')),
      },
    );
  });

  it('tells the length of a secret by class only', () => {
    const lengths = [1, 16, 17, 64, 256, 1024, 4096, 10_000].map((length) => {
      const scrubbed = JSON.stringify(
        scrubReview({ kind: 'Secret', stringData: { a: 'x'.repeat(length) } }),
      );
      return scrubbed.length - '{"kind":"Secret","stringData":{"a":""}}'.length;
    });
    assert.deepEqual(lengths, [16, 16, 64, 64, 256, 1024, 4096, 4096]);
  });

  const texts: readonly (readonly [string, string, string])[] = [
    ['a JSON web token', `token: ${TOKEN}!`, `token: ${'scrubbed-1'.padEnd(64, '-')}!`],
    [
      'a bearer token',
      'Authorization: Bearer abcdefgh1234',
      'Authorization: Bearer scrubbed-1------',
    ],
    [
      'a bearer token that is a web token',
      `Bearer ${TOKEN}`,
      `Bearer ${'scrubbed-1'.padEnd(64, '-')}`,
    ],
    ['a private key', `a\n${KEY}\nb`, `a\n${'scrubbed-1'.padEnd(256, '-')}\nb`],
    [
      'a password in a URL',
      'git+https://bob:s3cret@git.test/x',
      'git+https://bob:scrubbed-1------@git.test/x',
    ],
  ];
  for (const [what, before, after] of texts) {
    it(`replaces ${what} wherever it stands`, () => {
      assert.deepEqual(scrubReview({ data: [{ deep: before }] }), { data: [{ deep: after }] });
    });
  }

  const kept: readonly unknown[] = [
    'kubectl.kubernetes.io/last-applied-configuration',
    'JTI=4c8faaf5-4600-4e4f-95a9-f01f898de605',
    'https://git.example.com:8443/src',
    'Bearer',
    '{not json',
    '["a", 1]',
    '{"kind":"ConfigMap","data":{"a":"b"}}',
    '123',
    { kind: 'Secret', name: 'a reference has no data' },
    { kind: 'Secret', data: null },
    { kind: 'TokenRequest', spec: { audiences: ['a'] } },
    { kind: 'TokenRequest', status: null },
    [1, true, null, ''],
  ];
  for (const value of kept) {
    it(`keeps ${JSON.stringify(value)}`, () => {
      assert.deepEqual(scrubReview(value), value);
    });
  }

  it('replaces the token of a TokenRequest and of a TokenReview, whatever it looks like', () => {
    assert.deepEqual(
      scrubReview([
        { kind: 'TokenRequest', status: { token: 'opaque', expirationTimestamp: 'later' } },
        { kind: 'TokenReview', spec: { token: 7 } },
      ]),
      [
        {
          kind: 'TokenRequest',
          status: { token: 'scrubbed-1------', expirationTimestamp: 'later' },
        },
        { kind: 'TokenReview', spec: { token: 'scrubbed-2------' } },
      ],
    );
  });

  it('reaches Secrets in the JSON of an annotation', () => {
    const applied = (password: string, end: string) =>
      `${JSON.stringify({ kind: 'Secret', stringData: { password } })}${end}`;
    assert.deepEqual(scrubReview({ a: applied('hunter2', '\n'), b: applied('hunter2', '') }), {
      a: applied('scrubbed-1------', '\n'),
      b: applied('scrubbed-1------', ''),
    });
  });

  it('replaces data of an unexpected form as a whole', () => {
    assert.deepEqual(scrubReview({ kind: 'Secret', data: ['a'], stringData: 'b' }), {
      kind: 'Secret',
      data: 'scrubbed-1------',
      stringData: 'scrubbed-2------',
    });
    assert.deepEqual(scrubReview({ kind: 'Secret', stringData: { a: { b: 1 } } }), {
      kind: 'Secret',
      stringData: { a: 'scrubbed-1------' },
    });
  });

  it('cuts what is nested too deep instead of failing', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 5000; level += 1) deep = [deep];
    assert.match(JSON.stringify(scrubReview(deep)), /^\[+"scrubbed: nested too deep"\]+$/u);
  });

  it('is total, keeps the shape of what holds no secret kinds, and changes nothing twice', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = scrubReview(value);
        assert.deepEqual(scrubReview(once), once);
      }),
    );
  });

  it('lets no Secret value through', () => {
    const value = fc
      .string({ minLength: 12, maxLength: 40 })
      .filter((text) => !text.includes('scrubbed'));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (stringData) => {
        const text = JSON.stringify(scrubReview({ kind: 'Secret', stringData }));
        for (const secret of Object.values(stringData)) {
          assert.equal(text.includes(`:${JSON.stringify(secret)}`), false);
        }
      }),
    );
  });
});
