import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyDecision } from '../../../src/sinks/classify-decision.ts';
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
    [{ allowed: true, policies: [verdict('audited')] }, 'allowed'],
  ] as const) {
    assert.equal(classifyDecision(sampleRecord(1, overrides)), kind);
  }
});
