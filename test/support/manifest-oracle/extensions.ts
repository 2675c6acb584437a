/** What extends the API server, and a custom resource. */
import { clusterWide, namespaced } from './oracle-case.ts';
import type { OracleCase } from './oracle-case.ts';

const ADMISSION_GROUP = 'admissionregistration.k8s.io/v1';
const RULES = [
  { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
];
const WEBHOOK = {
  name: 'a.b.example',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { service: { name: 's', namespace: 'n' }, caBundle: '' },
  rules: RULES,
};

/** Webhooks, policies, services. */
export const EXTENSIONS: readonly OracleCase[] = [
  clusterWide(
    'ValidatingWebhookConfiguration',
    [ADMISSION_GROUP, 'ValidatingWebhookConfiguration', 'validatingwebhookconfigurations'],
    { webhooks: [{ ...WEBHOOK, failurePolicy: 'Ignore' }] },
  ),
  clusterWide(
    'MutatingWebhookConfiguration',
    [ADMISSION_GROUP, 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations'],
    { webhooks: [{ ...WEBHOOK, failurePolicy: 'Ignore' }] },
  ),
  clusterWide(
    'ValidatingAdmissionPolicy',
    [ADMISSION_GROUP, 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies'],
    { spec: { matchConstraints: { resourceRules: RULES }, validations: [{ expression: 'true' }] } },
  ),
  clusterWide(
    'ValidatingAdmissionPolicyBinding',
    [ADMISSION_GROUP, 'ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings'],
    {
      spec: {
        policyName: 'a',
        validationActions: ['Audit'],
        matchResources: { namespaceSelector: { matchLabels: { a: 'b' } } },
      },
    },
  ),
  clusterWide('APIService', ['apiregistration.k8s.io/v1', 'APIService', 'apiservices'], {
    metadata: { name: 'v1.a.example' },
    spec: {
      group: 'a.example',
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      service: { name: 's', namespace: 'n' },
      insecureSkipTLSVerify: true,
    },
  }),
];

/** A definition with defaults, and below an object of its kind. */
export const WIDGETS: OracleCase = clusterWide(
  'CustomResourceDefinition',
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions'],
  {
    metadata: { name: 'widgets.oracle.example' },
    spec: {
      group: 'oracle.example',
      scope: 'Namespaced',
      preserveUnknownFields: false,
      names: { kind: 'Widget', plural: 'widgets' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  properties: {
                    size: { type: 'integer', default: 3 },
                    limits: {
                      type: 'object',
                      default: {},
                      properties: { cpu: { 'x-kubernetes-int-or-string': true, default: 1 } },
                    },
                    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                    items: {
                      type: 'array',
                      'x-kubernetes-list-type': 'map',
                      'x-kubernetes-list-map-keys': ['name'],
                      items: {
                        type: 'object',
                        required: ['name'],
                        properties: {
                          name: { type: 'string' },
                          mode: { type: 'string', default: 'auto' },
                        },
                      },
                    },
                  },
                },
                status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              },
            },
          },
        },
      ],
    },
  },
);

/** Its defaults come from the definition. */
export const WIDGET: OracleCase = namespaced(
  'custom resource',
  ['oracle.example/v1', 'Widget', 'widgets'],
  {
    spec: { free: { a: [] }, items: [{ name: 'a' }, { name: 'b', mode: 'manual' }] },
  },
);
