import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatGrant, planGrant } from '../../../../src/identity/grants/plan-grant.ts';
import { GRANT_ID, sampleGrant } from '../../../support/grants.ts';

const asked = {
  subject: 'alice',
  groups: [],
  clusters: ['prod-eu-1'],
  namespaces: ['shop'],
  resources: ['deployments.apps'],
  names: ['*'],
  verbs: ['UPDATE'],
  reason: 'the checkout is down',
  ticket: 'INC-1',
  minutes: 60,
  uses: 3,
};
const now = { id: GRANT_ID, nowMs: Date.parse('2026-01-01T00:00:00.999Z') };

describe('planGrant()', () => {
  it('makes a grant that begins now, in whole seconds', () => {
    assert.deepEqual(planGrant(asked, now), {
      ok: true,
      grant: sampleGrant({
        notBefore: '2026-01-01T00:00:00.000Z',
        expires: '2026-01-01T01:00:00.000Z',
      }),
    });
  });

  it('refuses what can be in no grant, and names it', () => {
    assert.deepEqual(planGrant({ ...asked, uses: Number.NaN }, now), {
      ok: false,
      reason: 'it is malformed in "uses" (Invalid input: expected number, received null)',
    });
  });
});

describe('formatGrant()', () => {
  it('says who may do what, where, when, how often and why', () => {
    assert.deepEqual(formatGrant(sampleGrant()), [
      `grant     ${GRANT_ID}`,
      'who       alice',
      'what      UPDATE of deployments.apps',
      'names     *',
      'where     namespace shop on cluster prod-eu-1',
      'when      2026-01-01T00:00:00Z to 2026-01-01T01:00:00Z',
      'uses      3',
      'why       the checkout is down (INC-1)',
    ]);
  });

  it('says in words what a star and an empty namespace mean', () => {
    const { scope } = sampleGrant();
    const broad = { ...scope, namespaces: ['*', ''] };
    const lines = formatGrant(sampleGrant({ groups: ['ops', 'sre'], ticket: '', scope: broad }));

    assert.equal(lines[1], 'who       alice, while in ops or sre');
    assert.equal(
      lines[4],
      'where     every namespace and outside of them, outside of namespaces on cluster prod-eu-1',
    );
    assert.equal(lines[7], 'why       the checkout is down');
  });
});
