import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deletionsFact } from '../../../../src/admission/facts/deletions.ts';

describe('what a record has of deletions', () => {
  it('nothing: a finding says the counts', () => {
    const counts = { deletedCount: 1, plannedCount: 0, listedCount: 0, allowedCount: 0 };
    assert.deepEqual(deletionsFact.record(counts), {});
    assert.deepEqual(deletionsFact.record(null), {});
  });
});
