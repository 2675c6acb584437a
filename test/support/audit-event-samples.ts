/** Events of an audit log as an API server sends them. Source: k8s.io/apiserver pkg/apis/audit/v1 types.go. */
import { parseAuditEvent } from '../../src/drift/intake/parse-audit-events.ts';
import type { AuditEvent } from '../../src/drift/intake/audit-event.ts';

/** As the API server writes it; `more` replaces members. */
export function sentAuditEvent(more: object = {}): Readonly<Record<string, unknown>> {
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: '9b2ba4c5-9a4e-4d6e-8a5d-0f6a2c1d3e4f',
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/configmaps/checkout?fieldManager=kubectl-edit',
    verb: 'patch',
    user: { username: 'alice', uid: 'u1', groups: ['dev', 'system:authenticated'] },
    sourceIPs: ['203.0.113.9', '192.0.2.7'],
    userAgent: 'kubectl/v1.36.0',
    objectRef: {
      resource: 'configmaps',
      namespace: 'shop',
      name: 'checkout',
      uid: 'o1',
      apiVersion: 'v1',
    },
    responseStatus: { metadata: {}, code: 200 },
    responseObject: {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'checkout', namespace: 'shop', uid: 'o1' },
      data: { greeting: 'hacked' },
    },
    requestReceivedTimestamp: '2026-01-05T08:00:00.100000Z',
    stageTimestamp: '2026-01-05T08:00:00.123456Z',
    annotations: { 'authorization.k8s.io/decision': 'allow' },
    ...more,
  };
}

/** The same, as it is read. */
export function sampleAuditEvent(more: object = {}): AuditEvent {
  const event = parseAuditEvent(sentAuditEvent(more));
  if (event === undefined) throw new Error('The sample is no event');
  return event;
}

/** A batch of the audit webhook. */
export function sentEventList(items: readonly unknown[]): Readonly<Record<string, unknown>> {
  return { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items };
}
