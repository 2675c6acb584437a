/** What another program has seen, as the intake has it recorded. */
import type { ObservedFinding } from '../../src/drift/intake/observed-finding.ts';

export function sampleObservedFinding(more: Partial<ObservedFinding> = {}): ObservedFinding {
  return {
    code: 'write_unjudged',
    user: { username: 'alice', groups: ['dev'] },
    operation: 'UPDATE',
    object: {
      group: '',
      version: 'v1',
      resource: 'configmaps',
      subresource: '',
      kind: 'ConfigMap',
      namespace: 'shop',
      name: 'checkout',
      uid: 'o1',
    },
    managedBy: { tool: 'argocd', app: 'checkout' },
    observed: {
      source: 'kubernetes-audit',
      id: 'e1',
      time: '2026-01-05T08:00:00.000Z',
      verb: 'patch',
      addresses: ['203.0.113.9', '192.0.2.7'],
      userAgent: 'kubectl/v1.36.0',
      httpStatus: 200,
    },
    ...more,
  };
}
