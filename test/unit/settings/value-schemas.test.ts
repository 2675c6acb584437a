import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import {
  hostSchema,
  namespacePatternSchema,
  namespaceSchema,
  nameSchema,
  pathSchema,
  portSchema,
  section,
  usernameSchema,
} from '../../../src/settings/value-schemas.ts';

for (const [name, schema, good, bad] of [
  ['a host', hostSchema, ['127.0.0.1', '::1', 'a.b-c', 'fe80::1%eth0'], ['', 'a b', 'a/b']],
  ['a port', portSchema, [0, 65_535], [-1, 65_536, 1.5, '1']],
  [
    'a name',
    nameSchema,
    ['a', 'prod-eu-1', 'A.b_c', 'x'.repeat(63)],
    ['', '-a', 'a-', 'a b', 'x'.repeat(64)],
  ],
  [
    'a namespace',
    namespaceSchema,
    ['a', 'kube-system', '0'],
    ['', 'A', '-a', 'a-', 'a*', 'a.b', 'x'.repeat(64)],
  ],
  [
    'a pattern of namespaces',
    namespacePatternSchema,
    ['*', 'team-*', 'team-a', 'a*'],
    ['', '**', '*a', 'a*b', '-*', 'A*'],
  ],
  [
    'a username',
    usernameSchema,
    ['alice', 'system:serviceaccount:a:b', 'https://issuer#x'],
    ['', '*', 'system:*', 'x'.repeat(1025)],
  ],
  ['a path', pathSchema, ['a', '/a/b', '../a'], ['', 'x'.repeat(4097)]],
] as const) {
  test(`${name} is held to its form`, () => {
    for (const value of good) assert.deepEqual(schema.safeParse(value).data, value);
    for (const value of bad) assert.equal(schema.safeParse(value).success, false, String(value));
  });
}

test('section() refuses unknown keys, and cannot be changed afterwards', () => {
  const schema = section({ a: z.string() });

  assert.equal(Object.isFrozen(schema.parse({ a: 'x' })), true);
  assert.equal(schema.safeParse({ a: 'x', b: 1 }).success, false);
});
