import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FACT_NAMES, isGatheredFact } from '../../../src/policy/descriptor.ts';

it('isGatheredFact() holds for every name but those that are set aside', () => {
  assert.deepEqual(
    FACT_NAMES.filter((name) => !isGatheredFact(name)),
    ['images'],
  );
});
