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
  minutes: '60',
  uses: '3',
};
const now = {
  id: GRANT_ID,
  nowMs: Date.parse('2026-01-01T00:00:00.999Z'),
  limits: { lifetimeMaxMs: 3_600_000, usesMax: 50 },
};

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
    assert.deepEqual(planGrant({ ...asked, uses: 'many' }, now), {
      ok: false,
      problems: [{ option: 'uses', problem: 'Expected a whole number from 1, found "many"' }],
      isBeyondLimits: false,
    });
  });

  it('refuses what the limits will refuse, and names the option and the key', () => {
    assert.deepEqual(planGrant({ ...asked, minutes: '61', uses: '51' }, now), {
      ok: false,
      problems: [
        {
          option: 'minutes',
          problem: 'Expected at most 60 (breakGlass.limits.lifetimeMaxMs), found 61',
        },
        { option: 'uses', problem: 'Expected at most 50 (breakGlass.limits.usesMax), found 51' },
      ],
      isBeyondLimits: true,
    });
  });

  it('refuses what no grant can have, though each text alone is right', () => {
    assert.equal(planGrant({ ...asked, verbs: ['PATCH'] }, now).ok, false);
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
