/** Samples of what extends or tunes the API server, and of custom resources. */
import { SAMPLE_NAME } from './managed-sample.ts';
import type { ManagedSample } from './managed-sample.ts';

const CLIENT = { url: 'https://192.0.2.1/' };
const WEBHOOK = {
  webhooks: [
    {
      name: 'matrix.example.com',
      clientConfig: CLIENT,
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Ignore',
      rules: [],
    },
  ],
};
const MATCH = {
  resourceRules: [
    {
      apiGroups: ['matrix.example.com'],
      apiVersions: ['v1'],
      operations: ['CREATE'],
      resources: ['lamps'],
    },
  ],
};
const MUTATION = {
  spec: {
    reinvocationPolicy: 'Never',
    failurePolicy: 'Ignore',
    matchConstraints: MATCH,
    mutations: [
      { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } },
    ],
  },
};

function customKind(group: string): Readonly<Record<string, unknown>> {
  return {
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Lamp', singular: 'lamp', plural: 'lamps' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      ],
    },
  };
}

function apiService(group: string): Readonly<Record<string, unknown>> {
  return {
    spec: {
      group,
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      service: { namespace: 'shop', name: SAMPLE_NAME },
      insecureSkipTLSVerify: true,
    },
  };
}

/** By `resource.group`. */
export const EXTENSION_SAMPLES: Readonly<Record<string, ManagedSample>> = {
  'customresourcedefinitions.apiextensions.k8s.io': {
    name: 'lamps.matrix.example.com',
    forgedName: 'lamps.forged.example.com',
    content: customKind('matrix.example.com'),
    forgedContent: customKind('forged.example.com'),
    change: { spec: { names: { shortNames: ['evil'] } } },
  },
  'apiservices.apiregistration.k8s.io': {
    name: 'v1.matrix.example.org',
    forgedName: 'v1.forged.example.org',
    content: apiService('matrix.example.org'),
    forgedContent: apiService('forged.example.org'),
    change: { spec: { service: { name: 'evil' } } },
  },
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': { content: WEBHOOK },
  'validatingwebhookconfigurations.admissionregistration.k8s.io': { content: WEBHOOK },
  'mutatingadmissionpolicies.admissionregistration.k8s.io': { content: MUTATION },
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': {
    content: { spec: { policyName: SAMPLE_NAME } },
  },
  'validatingadmissionpolicies.admissionregistration.k8s.io': {
    content: {
      spec: {
        failurePolicy: 'Ignore',
        matchConstraints: MATCH,
        validations: [{ expression: 'true' }],
      },
    },
  },
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': {
    content: { spec: { policyName: SAMPLE_NAME, validationActions: ['Warn'] } },
  },
  'flowschemas.flowcontrol.apiserver.k8s.io': {
    content: {
      spec: { priorityLevelConfiguration: { name: 'exempt' }, matchingPrecedence: 9000 },
    },
    change: { spec: { matchingPrecedence: 1000 } },
  },
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': {
    content: {
      spec: {
        type: 'Limited',
        limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } },
      },
    },
    change: { spec: { limited: { nominalConcurrencyShares: 9 } } },
  },
  'storageversionmigrations.storagemigration.k8s.io': {
    content: { spec: { resource: { group: 'matrix.example.com', resource: 'lamps' } } },
  },
  'leases.coordination.k8s.io': { content: { spec: { holderIdentity: 'a' } } },
  'events.events.k8s.io': {
    // The events of the core group are the same objects.
    name: 'matrix-event',
    content: {
      eventTime: '2025-01-01T00:00:00.000000Z',
      reportingController: 'a.example.com/b',
      reportingInstance: 'a',
      action: 'a',
      reason: 'a',
      type: 'Normal',
      regarding: { namespace: 'shop' },
    },
  },
  'applications.argoproj.io': {
    content: { spec: { source: { repoURL: 'git://git.example.com/src' } } },
    change: { spec: { source: { repoURL: 'git://evil.example.com/src' } } },
  },
  'kustomizations.kustomize.toolkit.fluxcd.io': {
    content: { spec: { path: 'a' } },
    change: { spec: { path: 'evil' } },
  },
  'lamps.matrix.example.com': { content: { on: true }, change: { on: false } },
};
