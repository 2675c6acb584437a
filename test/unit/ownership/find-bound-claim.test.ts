import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ObjectLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { findBoundClaim } from '../../../src/ownership/find-bound-claim.ts';

const AWAY = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;
const claimRef = { namespace: 'shop', name: 'data', uid: 'c' };

function claimOf(ref: unknown, answer: ObjectLookup) {
  return findBoundClaim({ spec: { claimRef: ref } }, () => Promise.resolve(answer));
}

it('tells a claim that is there from one that is gone, whatever has its name', async () => {
  const object = (uid: string) => ({ status: 'found', object: { metadata: { uid } } }) as const;
  assert.deepEqual(await claimOf(claimRef, object('c')), { status: 'known', value: 'present' });
  assert.deepEqual(await claimOf(claimRef, object('x')), { status: 'known', value: 'gone' });
  assert.deepEqual(await claimOf({ ...claimRef, uid: undefined }, object('x')), {
    status: 'known',
    value: 'present',
  });
  assert.deepEqual(await claimOf(claimRef, { status: 'absent' }), {
    status: 'known',
    value: 'gone',
  });
});

it('knows volumes that were never bound, and says where nobody could tell', async () => {
  for (const ref of [undefined, null, 'x', {}, { namespace: 'shop' }]) {
    assert.deepEqual(await claimOf(ref, AWAY), { status: 'known', value: 'none' });
  }
  assert.deepEqual(await findBoundClaim({}, () => Promise.resolve(AWAY)), {
    status: 'known',
    value: 'none',
  });
  assert.deepEqual(await claimOf(claimRef, AWAY), { status: 'unavailable', reason: 'it is away' });
});
