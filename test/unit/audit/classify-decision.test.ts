import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classifyDecision,
  DECISION_KINDS,
  isDecision,
  shownVerdict,
} from '../../../src/audit/classify-decision.ts';
import type { AuditedVerdict, RecordedGrant } from '../../../src/audit/audit-record.ts';
import { sampleRecord } from '../../support/journal-entries.ts';

const GRANT: RecordedGrant = {
  id: 'g-1',
  subject: 'alice',
  reason: 'outage',
  ticket: 'INC-1',
  expires: '2026-01-05T09:00:00Z',
  approvers: ['bob'],
  use: 1,
  usesLeft: 1,
};

function verdict(status: AuditedVerdict['status']): AuditedVerdict {
  return { policy: 'p', mode: 'enforce', status, codes: [] };
}

test('classifyDecision() takes the gravest word that fits', () => {
  const unavailable = verdict('unavailable');
  const warned = verdict('warned');

  for (const [overrides, kind] of [
    [{ allowed: false, grant: GRANT, policies: [unavailable] }, 'denied'],
    [{ allowed: true, grant: GRANT, policies: [unavailable] }, 'granted'],
    [{ allowed: true, policies: [warned, unavailable] }, 'unjudged'],
    [{ allowed: true, policies: [verdict('passed'), warned] }, 'warned'],
    [{ allowed: true, policies: [verdict('audited'), warned] }, 'warned'],
    [{ allowed: true, policies: [verdict('passed'), verdict('audited')] }, 'audited'],
    [{ allowed: true, policies: [verdict('passed')] }, 'allowed'],
  ] as const) {
    assert.equal(classifyDecision(sampleRecord(1, overrides)), kind);
  }
});

test('shownVerdict() is the denial, also where only the mode of its policies prevented it', () => {
  const denied = { code: 'managed_object_changed', message: 'Managed' };
  const allowed = { allowed: true, code: 'allowed', message: '' };

  assert.deepEqual(shownVerdict(sampleRecord(1, denied)), denied);
  assert.deepEqual(shownVerdict(sampleRecord(1, { ...allowed, wouldDeny: denied })), denied);
  assert.deepEqual(shownVerdict(sampleRecord(1, allowed)), { code: 'allowed', message: '' });
});

test('isDecision() means everything that was let through by allowed, and by another word its own kind', () => {
  const wanted = (...statuses: readonly AuditedVerdict['status'][]) =>
    DECISION_KINDS.filter((kind) =>
      isDecision({ allowed: !statuses.includes('denied'), policies: statuses.map(verdict) }, kind),
    );

  assert.deepEqual(wanted('passed'), ['allowed']);
  assert.deepEqual(wanted('passed', 'warned'), ['warned', 'allowed']);
  assert.deepEqual(wanted('audited'), ['audited', 'allowed']);
  assert.deepEqual(wanted('denied', 'warned'), ['denied']);
});
