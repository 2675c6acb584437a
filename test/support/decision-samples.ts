/** Whole decisions, for tests of what is printed about them. */
import type { Decision } from '../../src/admission/decision.ts';
import type { AdmissionRequest } from '../../src/kubernetes/admission-request.ts';

/** Somebody scales a Deployment. */
export const sampledRequest: AdmissionRequest = {
  uid: 'u-1',
  kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  subResource: 'scale',
  name: 'checkout',
  namespace: 'shop',
  operation: 'UPDATE',
  userInfo: { username: 'alice', groups: [] },
};

/** A denial with everything that a decision can carry. */
export const deniedDecision: Decision = {
  id: '01JD3V9K2M8Q4W6X0Y2Z4A6B8C',
  allowed: false,
  code: 'managed_object_changed',
  httpStatus: 403,
  message: 'Managed\nChange it in Git',
  warnings: ['Careful'],
  patch: [],
  policies: [
    {
      policy: 'gitops_only_writes',
      mode: 'enforce',
      status: 'denied',
      findings: [{ code: 'managed_object_changed', message: 'Managed\nmore' }],
    },
    {
      policy: 'slow',
      mode: 'warn',
      status: 'unavailable',
      findings: [],
      unavailable: { code: 'policy_deadline_exceeded', reason: 'too slow' },
    },
  ],
  dryRun: false,
  cluster: 'prod-eu-1',
  policyRevision: 'abc',
  decidedAtMs: 2,
  durationMs: 1,
  facts: {
    actor: {
      class: 'other',
      username: 'alice',
      groups: [],
      proof: { grade: 'none', sufficient: true, reason: 'not a service account' },
    },
    object: {
      managed: true,
      wasManaged: true,
      tool: 'argocd',
      app: 'checkout',
      appNamespace: 'argocd',
      mark: 'annotation argocd.argoproj.io/tracking-id',
      self: true,
      scope: 'managed',
      parent: {
        group: 'apps',
        version: 'v1',
        resource: 'deployments',
        kind: 'Deployment',
        namespace: 'shop',
        name: 'checkout',
      },
    },
    change: {
      semantic: true,
      paths: [
        { path: 'spec.replicas', segments: [], kind: 'changed', from: '2', to: '5' },
        { path: 'data.a', segments: [], kind: 'added', to: 'x' },
        { path: 'data.b', segments: [], kind: 'removed', from: 'y' },
        { path: 'data.c', segments: [], kind: 'removed' },
      ],
      protectedKeys: [],
      truncated: false,
    },
  },
};

/** An allow that no policy had a word in. */
export const allowedDecision: Decision = {
  ...deniedDecision,
  allowed: true,
  code: 'allowed',
  httpStatus: 200,
  message: '',
  warnings: [],
  policies: [],
  facts: {},
};
