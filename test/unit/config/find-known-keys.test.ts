import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { findKnownKeys } from '../../../src/config/find-known-keys.ts';

const leaf = z.strictObject({ x: z.string(), y: z.string() });
const schema = z
  .strictObject({
    optional: leaf.optional(),
    defaulted: leaf.default({ x: '', y: '' }),
    filled: leaf.prefault({ x: '', y: '' }),
    list: z.array(leaf.readonly()),
    map: z.record(z.string(), leaf),
    piped: leaf.transform((value) => value.x),
    choice: z.discriminatedUnion('x', [
      z.strictObject({ x: z.literal('a'), y: z.string() }).readonly(),
      z.strictObject({ x: z.literal('b'), y: z.string() }),
    ]),
    text: z.string(),
  })
  .readonly();

for (const path of [
  ['optional'],
  ['defaulted'],
  ['filled'],
  ['list', 3],
  ['map', 'any'],
  ['piped'],
  ['choice'],
] as const) {
  test(`findKnownKeys() finds the keys at ${path.join('/')}`, () => {
    assert.deepEqual(findKnownKeys(schema, path), ['x', 'y']);
  });
}

for (const path of [['text'], ['text', 'below'], ['none'], ['list']] as const) {
  test(`findKnownKeys() finds none at ${path.join('/')}`, () => {
    assert.deepEqual(findKnownKeys(schema, path), []);
  });
}
