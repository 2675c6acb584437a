import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createNoLookup } from '../../../../src/kubernetes/lookup/lookup.ts';

it('createNoLookup answers everything with "not configured", never with "absent"', async () => {
  const lookup = createNoLookup();
  const reference = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', name: 'a' };
  const answers = await Promise.all([
    lookup.lookupObject(reference, 0),
    lookup.lookupFresh(reference, 0),
    lookup.findManagedInNamespace('shop', 0),
    lookup.findApplication('argocd', 'checkout', 0),
    lookup.findScalers(reference, 0),
    lookup.findClaims(reference, 0),
  ]);
  const answer = {
    status: 'unavailable',
    code: 'lookup_not_configured',
    reason: 'No cluster is configured to look this up in',
  };
  assert.deepEqual(
    answers,
    Array.from({ length: 6 }, () => answer),
  );
  assert.equal(lookup.problem(), undefined);
  assert.equal(lookup.argocdSettings(), undefined);
  lookup.close();
});
