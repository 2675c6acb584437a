import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { partyOf } from '../../../src/kubernetes/party.ts';

describe('partyOf()', () => {
  it('is one for the service accounts of a namespace', () => {
    assert.equal(partyOf('system:serviceaccount:shop:a'), 'system:serviceaccount:shop:');
    assert.equal(partyOf('system:serviceaccount:shop:b'), partyOf('system:serviceaccount:shop:a'));
  });

  it('is everybody else by name', () => {
    assert.equal(partyOf('jane'), 'jane');
  });
});
