/** Small, whole values for tests of the request path. */
import type { DecisionContext } from '../../src/admission/decide.ts';
import type { PolicySettings } from '../../src/admission/runtime.ts';
import type { AdmissionRequest } from '../../src/kubernetes/admission-request.ts';
import type { ObjectFact } from '../../src/ownership/object-fact.ts';
import type { ActorFact } from '../../src/identity/actor.ts';
import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';
import type { Finding, PolicyOutcome } from '../../src/policy/outcome.ts';

export const SAMPLE_ID = '01JD3V9K2M8Q4W6X0Y2Z4A6B8C';

export function sampleContext(overrides: Partial<DecisionContext> = {}): DecisionContext {
  return {
    id: SAMPLE_ID,
    route: 'validate',
    cluster: 'prod-eu-1',
    policyRevision: 'sha256:abc',
    dryRun: false,
    decidedAtMs: 1002,
    durationMs: 2,
    messageCharsMax: 2000,
    facts: {},
    ...overrides,
  };
}

export function sampleDescriptor(overrides: Partial<PolicyDescriptor> = {}): PolicyDescriptor {
  return {
    name: 'sample',
    title: 'Sample',
    description: 'A policy for tests',
    severity: 'error',
    match: {},
    failure: 'deny',
    deadlineMs: 100,
    facts: [],
    optionalFacts: [],
    rules: ['deny'],
    mode: 'enforce',
    parameters: {},
    ...overrides,
  };
}

/** Every policy is enforced, with no parameters, wherever a request is. */
export function sampleSettings(overrides: Partial<PolicySettings> = {}): PolicySettings {
  return {
    readsLabels: () => false,
    settingOf: () => ({ mode: 'enforce', failure: 'deny' }),
    parametersOf: () => ({ parameters: {}, unknown: new Set() }),
    ...overrides,
  };
}

export function sampleOutcome(
  overrides: Partial<Extract<PolicyOutcome, { status: 'evaluated' }>> = {},
): PolicyOutcome {
  return {
    status: 'evaluated',
    policy: 'sample',
    deny: [],
    warn: [],
    audit: [],
    patch: [],
    ...overrides,
  };
}

export function sampleUnavailable(policy = 'sample'): PolicyOutcome {
  return {
    status: 'unavailable',
    policy,
    code: 'policy_deadline_exceeded',
    reason: 'it did not finish within 100 ms',
  };
}

export function sampleFinding(overrides: Partial<Finding> = {}): Finding {
  return {
    code: 'managed_object_changed',
    message: 'deployments.apps shop/checkout is managed by the Argo CD application "checkout"',
    remedy: 'Change it in Git',
    ...overrides,
  };
}

export function sampleRequest(overrides: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: 'b0c1b8e2-0000-4000-8000-000000000001',
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    name: 'settings',
    namespace: 'shop',
    operation: 'CREATE',
    userInfo: { username: 'alice', groups: ['system:authenticated'] },
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } },
    ...overrides,
  };
}

export function sampleActor(overrides: Partial<ActorFact> = {}): ActorFact {
  return {
    class: 'other',
    username: 'alice',
    groups: [],
    proof: { grade: 'none', sufficient: true, reason: 'no proof is asked of other users' },
    ...overrides,
  };
}

export function sampleObject(overrides: Partial<ObjectFact> = {}): ObjectFact {
  return { managed: true, wasManaged: true, self: true, scope: 'managed', ...overrides };
}
