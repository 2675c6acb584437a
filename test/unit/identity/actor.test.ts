import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { ACTOR_CLASSES } from '../../../src/identity/actor.ts';

const POLICIES = join(import.meta.dirname, '..', '..', '..', 'policies');

it('policies ask for each class of callers, and for no other: one that nobody gives would let nothing pass, or all', () => {
  const code = globSync('**/*.rego', { cwd: POLICIES })
    .filter((file) => !file.endsWith('_test.rego'))
    .map((file) => readFileSync(join(POLICIES, file), 'utf8'))
    .join('\n');
  const asked = [...code.matchAll(/actor\.class (?:== ("[a-z]+")|in \{([^}]+)\})/gu)].flatMap(
    ([, one, several]) => (one ?? several ?? '').match(/[a-z]+/gu) ?? [],
  );

  assert.deepEqual([...new Set(asked)].toSorted(), [...ACTOR_CLASSES].toSorted());
});
