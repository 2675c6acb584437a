import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readReplicaState, writeReplicaState } from '../../../src/certificates/replica-state.ts';

describe('the status of a replica', () => {
  it('is read as it was written', () => {
    const text = writeReplicaState({ fingerprint: 'AA:BB', isTrusted: true });
    assert.deepEqual(readReplicaState({ replica: 'holdfast-1', text }), {
      replica: 'holdfast-1',
      fingerprint: 'AA:BB',
      isTrusted: true,
    });
  });

  it('is that of one that serves something else and is not trusted, where it cannot be read', () => {
    for (const text of [
      '',
      'garbage',
      '{}',
      '{"served":1,"trusted":true}',
      `{"served":"${'A'.repeat(129)}","trusted":true}`,
    ]) {
      assert.deepEqual(readReplicaState({ replica: 'holdfast-1', text }), {
        replica: 'holdfast-1',
        fingerprint: '',
        isTrusted: false,
      });
    }
  });
});
