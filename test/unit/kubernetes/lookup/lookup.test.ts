import assert from 'node:assert/strict';
import { it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { createNoLookup } from '../../../../src/kubernetes/lookup/lookup.ts';

const DEADLINE = monotonicMs(0);
it('createNoLookup answers everything with "not configured", never with "absent"', async () => {
  const lookup = createNoLookup();
  const reference = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', name: 'a' };
  const answers = await Promise.all([
    lookup.lookupObject(reference, DEADLINE),
    lookup.lookupFresh(reference, DEADLINE),
    lookup.findManagedInNamespace('shop', DEADLINE),
    lookup.findClaimed({ namespace: 'shop' }, DEADLINE),
    lookup.findApplication('argocd', 'checkout', DEADLINE),
    lookup.findScalers(reference, DEADLINE),
    lookup.findClaims(reference, DEADLINE),
  ]);
  const answer = {
    status: 'unavailable',
    code: 'lookup_not_configured',
    reason: 'No cluster is configured to look this up in',
  };
  assert.deepEqual(
    answers,
    Array.from({ length: 7 }, () => answer),
  );
  assert.equal(lookup.problem(), undefined);
  assert.equal(lookup.argocdSettings(), undefined);
  lookup.close();
});
