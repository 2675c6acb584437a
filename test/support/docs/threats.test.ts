import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readThreats } from './threats.ts';

const HEAD =
  '| fact | source | who may change it | what stops them | test |\n|---|---|---|---|---|\n';

test('a row is a fact, what is said of it, and its tests', () => {
  const row =
    '| `actor.name` | a table | whoever | a row | `test/a.test.ts`, `policies/b_test.rego` |';
  assert.deepEqual(readThreats(`${HEAD}${row}\n`), [
    {
      fact: 'actor.name',
      cells: [
        'actor.name',
        'a table',
        'whoever',
        'a row',
        '`test/a.test.ts`, `policies/b_test.rego`',
      ],
      tests: ['test/a.test.ts', 'policies/b_test.rego'],
    },
  ]);
});

test('a row with a cell too few is an error', () => {
  assert.throws(
    () => readThreats('| `actor.name` | a table | whoever | a row |'),
    /actor\.name has 4/u,
  );
});
