import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plaintextFact } from '../../../../src/admission/facts/plaintext.ts';

describe('what a record has of credentials in plain text', () => {
  it('nothing: a finding tells all that there is', () => {
    const credentials = [{ path: 'data.a', kind: 'GitHub token' } as const];
    assert.deepEqual(
      plaintextFact.record({ credentials, isTruncated: true, secretKeys: ['a'] }),
      {},
    );
  });
});
