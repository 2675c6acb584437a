import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  planScheduledGrant,
  type OpenSchedule,
} from '../../../../src/identity/grants/plan-scheduled-grant.ts';

const NOW = Date.UTC(2026, 10, 30, 20);
const SPAN = { startMs: Date.UTC(2026, 10, 30, 17), endMs: Date.UTC(2026, 11, 1, 7) };

function scheduleOf(isOpen: boolean): OpenSchedule {
  return {
    name: 'nights',
    reason: 'nobody can approve at night',
    subjects: ['alice', 'carol'],
    namespaces: ['shop'],
    resources: ['deployments.apps/scale'],
    objects: ['*'],
    verbs: ['UPDATE'],
    uses: 5,
    calendar: { spanAt: () => (isOpen ? SPAN : undefined) },
  };
}

const asked = { username: 'alice', cluster: 'prod-eu-1', nowMs: NOW };
const grant = {
  id: 'schedule.nights.20261130T1700Z',
  subject: 'alice',
  groups: [],
  scope: {
    clusters: ['prod-eu-1'],
    namespaces: ['shop'],
    resources: ['deployments.apps/scale'],
    names: ['*'],
    verbs: ['UPDATE'],
  },
  reason: 'nobody can approve at night',
  ticket: '',
  notBefore: '2026-11-30T17:00:00.000Z',
  expires: '2026-12-01T07:00:00.000Z',
  uses: 5,
};

describe('planScheduledGrant()', () => {
  it('is a grant for who is named, in this cluster, until the hours are over', () => {
    assert.deepEqual(planScheduledGrant(scheduleOf(true), asked), { grant, isOpen: true });
    const carol = planScheduledGrant(scheduleOf(true), { ...asked, username: 'carol' });
    assert.equal(carol?.grant.subject, 'carol');
  });

  it('is nothing for who is not', () => {
    assert.equal(planScheduledGrant(scheduleOf(true), { ...asked, username: 'bob' }), undefined);
  });

  it('says what it would let pass outside of its hours', () => {
    assert.deepEqual(planScheduledGrant(scheduleOf(false), asked), {
      grant: {
        ...grant,
        id: 'schedule.nights',
        notBefore: '2026-11-30T20:00:00.000Z',
        expires: '2026-11-30T20:00:00.001Z',
      },
      isOpen: false,
    });
  });
});
