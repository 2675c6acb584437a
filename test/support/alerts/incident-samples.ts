/** Incidents and messages with every member, for tests of what plans and formats them. */
import type { Observation } from '../../../src/alerting/classify-record.ts';
import type { Attempt, Incident, Message, Notice } from '../../../src/alerting/incident.ts';
import { alertsSchema, type IncidentRule } from '../../../src/alerting/settings.ts';

export function sampleAttempt(overrides: Partial<Attempt> = {}): Attempt {
  return {
    decisionId: 'D1',
    time: '2026-01-05T08:00:01.000Z',
    decision: 'denied',
    operation: 'UPDATE',
    object: 'deployments.apps shop/checkout',
    namespace: 'shop',
    app: 'checkout',
    repository: '',
    revision: '',
    commit: '',
    signers: '',
    username: 'alice',
    actor: 'other',
    proof: 'none',
    code: 'managed_object_changed',
    message: 'It changes only through Git',
    policies: ['gitops_only_writes denied managed_object_changed'],
    grant: '',
    replica: 'holdfast-0',
    ...overrides,
  };
}

export function sampleIncident(overrides: Partial<Incident> = {}): Incident {
  return {
    key: 'k'.repeat(64),
    group: 'g'.repeat(64),
    rule: 'drift-attempt',
    class: 'drift-attempt',
    severity: 'warning',
    openedAtMs: 1000,
    quietSinceMs: 1000,
    count: 1,
    own: 1,
    objects: { 'apps/deployments/shop/checkout': 'open' },
    unlisted: 0,
    first: sampleAttempt(),
    last: sampleAttempt(),
    told: {},
    acknowledged: false,
    aliases: [],
    ...overrides,
  };
}

export function sampleRule(overrides: Readonly<Record<string, unknown>> = {}): IncidentRule {
  const [rule] = alertsSchema.parse({ rules: [{ name: 'drift-attempt', ...overrides }] }).rules;
  if (rule === undefined) throw new Error('There is one rule');
  return rule;
}

export function sampleObservation(overrides: Partial<Observation> = {}): Observation {
  return {
    rule: sampleRule(),
    key: 'k'.repeat(64),
    group: 'g'.repeat(64),
    object: 'apps/deployments/shop/checkout',
    count: 1,
    own: 1,
    attempt: sampleAttempt(),
    ...overrides,
  };
}

export function sampleNotice(overrides: Partial<Notice> = {}): Notice {
  return {
    severity: 'warning',
    class: 'drift-attempt',
    rule: 'drift-attempt',
    summary: 'alice was refused',
    source: 'prod-eu-1',
    component: 'apps/deployments/shop/checkout',
    group: 'checkout',
    namespace: 'shop',
    time: '2026-01-05T08:00:01.000Z',
    startedAtMs: Date.UTC(2026, 0, 5, 8),
    details: { attempts: 1, objects: ['apps/deployments/shop/checkout'], username: 'alice' },
    links: [{ text: 'Runbook', href: 'https://example.com/runbook' }],
    ...overrides,
  };
}

export function sampleMessage(id: number, overrides: Partial<Message> = {}): Message {
  return {
    id: String(id).padStart(16, '0'),
    target: 'pager',
    kind: 'trigger',
    key: 'k'.repeat(64),
    notice: sampleNotice(),
    attempts: 0,
    dueAtMs: 0,
    handoverAtMs: 0,
    ...overrides,
  };
}
