import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { listConfigurationKeys, findLimit } from './configuration-reference.ts';
import { listSchemaKeys } from './schema-keys.ts';

test('listSchemaKeys() gives sections, lists, maps and alternatives their paths and types', () => {
  const schema = z.strictObject({
    a: z.strictObject({ n: z.int().min(1).max(9).default(3).describe('A number.') }).prefault({}),
    list: z.array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('x'), on: z.boolean().optional() }),
        z.strictObject({ type: z.literal('y') }),
      ]),
    ),
    map: z.record(z.string(), z.strictObject({ to: z.enum(['p', 'q']) })).optional(),
    secret: z.strictObject({ file: z.string().optional(), env: z.string().optional() }).optional(),
  });
  const none = { default: undefined, meaning: '' };

  assert.deepEqual(listSchemaKeys(schema), [
    { ...none, path: 'a', type: 'object', required: false },
    {
      path: 'a.n',
      type: 'integer, 1 to 9',
      required: false,
      default: '3',
      meaning: 'A number.',
    },
    { ...none, path: 'list', type: 'list of objects', required: true },
    { ...none, path: 'list[].type', type: '"x"', required: true, alternative: 'x' },
    { ...none, path: 'list[].on', type: 'boolean', required: false, alternative: 'x' },
    { ...none, path: 'list[].type', type: '"y"', required: true, alternative: 'y' },
    { ...none, path: 'map', type: 'map to objects', required: false },
    { ...none, path: 'map.NAME.to', type: '"p", "q"', required: true },
    { ...none, path: 'secret', type: 'secret reference', required: false },
  ]);
});

test('every key of the configuration has a meaning or the reason of its limit', () => {
  const silent = listConfigurationKeys().filter(
    ({ path, meaning }) => meaning === '' && findLimit(path) === undefined,
  );

  assert.deepEqual(
    silent.map(({ path }) => path),
    [],
  );
});
