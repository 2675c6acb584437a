import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rollbackFact } from '../../../../src/admission/facts/rollback.ts';

describe('what a record has of a rollback', () => {
  it('nothing: a finding says it, and the lineage has records of its own', () => {
    assert.deepEqual(rollbackFact.record(null), {});
  });
});
