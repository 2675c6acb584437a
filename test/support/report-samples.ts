/** A group of a report: KEDA scales what Argo CD manages. */
import type { ReportGroup } from '../../src/audit/report/report-groups.ts';

export const SCALED_GROUP: ReportGroup = {
  username: 'system:serviceaccount:keda:keda-operator',
  actorClass: 'other',
  application: 'argocd checkout',
  group: 'apps',
  resource: 'deployments/scale',
  code: 'managed_object_scaled',
  policies: ['gitops_only_writes'],
  count: 3,
  dryRuns: 0,
  operations: ['UPDATE'],
  fields: ['spec.replicas'],
  fieldsAreCut: false,
  namespaces: ['shop'],
  namespacesAreCut: false,
  first: '2026-11-20T08:00:00.000Z',
  last: '2026-11-20T08:00:00.000Z',
  example: {
    decisionId: '01J',
    operation: 'UPDATE',
    object: 'deployments.apps/scale shop/checkout',
    message: 'It is managed\nChange it in Git\n(managed_object_scaled by gitops_only_writes)',
  },
};
