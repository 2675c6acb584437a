import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import {
  describeFound,
  describeIssue,
  describeUnknownKey,
  suggestRemedy,
  toValuePath,
} from '../../../src/config/describe-issue.ts';

function explain(schema: z.ZodType, value: unknown): readonly (string | undefined)[] {
  const parsed = schema.safeParse(value, { error: describeIssue, reportInput: true });
  return parsed.success
    ? []
    : parsed.error.issues.flatMap((issue) => [issue.message, suggestRemedy(issue)]);
}

for (const [name, schema, value, message, remedy] of [
  ['a type', z.string(), {}, 'Expected a text, found a section with keys', undefined],
  ['a type that has no plain name', z.date(), 1, 'Expected date, found the number 1', undefined],
  [
    'a choice',
    z.enum(['a', 'bcd']),
    'bce',
    'Expected "a", "bcd", found the text "bce"',
    'Did you mean "bcd"?',
  ],
  [
    'a choice unlike any',
    z.enum(['abc']),
    'xyz',
    'Expected "abc", found the text "xyz"',
    undefined,
  ],
  ['a choice of another type', z.enum(['abc']), 3, 'Expected "abc", found the number 3', undefined],
  ['a number', z.number().min(3), 1, 'Expected a number of at least 3, found 1', undefined],
  ['a length', z.string().max(3), 'abcd', 'Expected a length of at most 3, found 4', undefined],
  [
    'a list',
    z.array(z.string()).max(0),
    ['a'],
    'Expected a number of entries of at most 0, found 1',
    undefined,
  ],
  [
    'a set',
    z.set(z.string()).min(1),
    new Set(),
    'Expected a number of entries of at least 1, found {}',
    undefined,
  ],
  [
    'a kind of section',
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('a') }),
      z.object({ type: z.literal('b') }),
    ]),
    { type: 'c' },
    'Expected "a", "b", found the text "c"',
    undefined,
  ],
  [
    'a kind of section that is none',
    z.discriminatedUnion('type', [z.object({ type: z.literal('a') })]),
    { other: 1 },
    'Expected "a", found nothing',
    undefined,
  ],
  ['one of several', z.union([z.literal('a'), z.literal('b')]), 'c', 'Invalid input', undefined],
  [
    'words of the schema',
    z.string().regex(/^a$/u, 'Expected an a'),
    'b',
    'Expected an a',
    undefined,
  ],
] as const) {
  test(`describeIssue() explains ${name}`, () => {
    assert.deepEqual(explain(schema, value), [message, remedy]);
  });
}

test('describeIssue() names the key of a record that cannot be one', () => {
  const schema = z.record(z.string().regex(/^a$/u, 'Expected an a'), z.string());

  assert.deepEqual(explain(schema, { b: '' }), ['Expected an a', undefined]);
});

for (const [value, text] of [
  [null, 'nothing'],
  [undefined, 'nothing'],
  [[], 'a list'],
  [{}, 'a section with keys'],
  ['a"b', 'the text "a\\"b"'],
  [Number.NaN, 'the number NaN'],
  [true, 'true'],
] as const) {
  test(`describeFound() calls ${JSON.stringify(value)} ${text}`, () => {
    assert.equal(describeFound(value), text);
  });
}

test('describeUnknownKey() cuts a long key', () => {
  const { message } = describeUnknownKey('k'.repeat(200), ['a']);

  assert.equal(message, `Unknown key "${'k'.repeat(60)}…"`);
});

test('toValuePath() makes texts of what is no number', () => {
  assert.deepEqual(toValuePath(['a', 0, Symbol.for('s')]), ['a', 0, 'Symbol(s)']);
});
