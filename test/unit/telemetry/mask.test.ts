import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMaskedJson, maskFields, maskText } from '../../../src/telemetry/mask.ts';

const TEXTS: readonly (readonly [name: string, text: string, expected: string])[] = [
  ['a bearer token', 'sent Bearer abcdefgh12345', 'sent Bearer [redacted]'],
  ['basic credentials', 'basic dXNlcjpwYXNz', 'basic [redacted]'],
  ['a JSON web token', 'token eyJhbGciOi.eyJzdWIiOi.c2ln!', 'token [redacted]!'],
  [
    'a password in a URL',
    'https://user:pass@git.example.com/x',
    'https://[redacted]@git.example.com/x',
  ],
  [
    'a private key',
    'a -----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY----- b',
    'a [redacted] b',
  ],
  ['a cut private key', '-----BEGIN PRIVATE KEY-----\nabc', '[redacted]'],
  ['nothing in plain words', 'the bearer of news', 'the bearer of news'],
];

for (const [name, text, expected] of TEXTS) {
  test(`maskText() masks ${name}`, () => {
    assert.equal(maskText(text), expected);
  });
}

test('maskFields() masks secret fields at every depth and keeps the rest', () => {
  assert.deepEqual(
    maskFields({
      namespace: 'shop',
      count: 2,
      big: 3n,
      missing: null,
      Authorization: 'x',
      nested: [{ password: 'p', name: 'n' }, 'Bearer abcdefgh12345'],
      bytes: new Uint8Array(3),
    }),
    {
      namespace: 'shop',
      count: 2,
      big: '3',
      missing: null,
      Authorization: '[redacted]',
      nested: [{ password: '[redacted]', name: 'n' }, 'Bearer [redacted]'],
      bytes: '[3 bytes]',
    },
  );
});

test('maskFields() ends at a depth, so that a circle is no endless walk', () => {
  const circle: Record<string, unknown> = {};
  circle['again'] = circle;
  assert.match(JSON.stringify(maskFields(circle)), /nested too deep/);
});

test('maskFields() writes errors with code, masked message, stack and causes', () => {
  const cause = new Error('Basic dXNlcjpwYXNz');
  const error = Object.assign(new Error('failed', { cause }), { code: 'EPIPE', stack: 'stack 1' });
  cause.stack = 'stack 2';
  assert.deepEqual(maskFields({ error }), {
    error: {
      name: 'Error',
      code: 'EPIPE',
      message: 'failed',
      stack: 'stack 1',
      cause: { name: 'Error', message: 'Basic [redacted]', stack: 'stack 2' },
    },
  });
});

test('formatMaskedJson() is the JSON of the masked fields, whatever they hold', () => {
  const names = ['a', 'token', 'Data', 'PASSWORD', 'message', '"data":'];
  const texts = [
    ...TEXTS.map(([, text]) => text),
    'plain',
    '"token":',
    'X509SHA256=0123456789abcdef',
  ];
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(...texts),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const fields = { record: value };
      assert.equal(formatMaskedJson(fields), JSON.stringify(maskFields(fields)));
    }),
  );
});
