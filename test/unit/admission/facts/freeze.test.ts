import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freezeFact } from '../../../../src/admission/facts/freeze.ts';

describe('what a record has of freezes', () => {
  it('nothing: a finding names them', () => {
    assert.deepEqual(freezeFact.record({ freezes: [], isRevert: false }), {});
  });
});
