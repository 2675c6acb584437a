/** One object of each kind that steers admission, which does no harm to a test: it is about a namespace that nobody uses. */
import { trackingAnnotation } from './shop.ts';

const GROUP = 'admissionregistration.k8s.io';
export const ADMISSION_PATH = `/apis/${GROUP}/v1`;
const NOWHERE = { matchLabels: { 'kubernetes.io/metadata.name': 'nowhere' } };
const RULES = [
  {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE'],
    resources: ['configmaps'],
    scope: 'Namespaced',
  },
];

export interface AdmissionKind {
  readonly kind: string;
  readonly resource: string;
  /** What of it says which requests it is about. */
  readonly content: object;
  /** A merge patch that lets it reach every namespace. */
  readonly wider: object;
}

function webhook(kind: string): AdmissionKind {
  const webhooks = (namespaceSelector: object) => [
    {
      name: 'a.example.com',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Ignore',
      timeoutSeconds: 1,
      // Port 9 (discard) refuses connections on loopback.
      clientConfig: { url: 'https://127.0.0.1:9' },
      namespaceSelector,
      rules: RULES,
    },
  ];
  return {
    kind,
    resource: `${kind.toLowerCase()}s`,
    content: { webhooks: webhooks(NOWHERE) },
    wider: { webhooks: webhooks({}) },
  };
}

function policy(kind: string, more: object): AdmissionKind {
  const spec = (namespaceSelector: object) => ({
    failurePolicy: 'Ignore',
    matchConstraints: { namespaceSelector, resourceRules: RULES },
    ...more,
  });
  return {
    kind,
    resource: `${kind.toLowerCase().slice(0, -1)}ies`,
    content: { spec: spec(NOWHERE) },
    wider: { spec: { matchConstraints: { namespaceSelector: { matchLabels: null } } } },
  };
}

function binding(kind: string, more: object): AdmissionKind {
  const spec = { policyName: 'nobody', matchResources: { namespaceSelector: NOWHERE }, ...more };
  return {
    kind,
    resource: `${kind.toLowerCase()}s`,
    content: { spec },
    wider: { spec: { matchResources: { namespaceSelector: { matchLabels: null } } } },
  };
}

export const ADMISSION_KINDS: readonly AdmissionKind[] = [
  webhook('ValidatingWebhookConfiguration'),
  webhook('MutatingWebhookConfiguration'),
  policy('ValidatingAdmissionPolicy', { validations: [{ expression: 'true' }] }),
  policy('MutatingAdmissionPolicy', {
    reinvocationPolicy: 'Never',
    mutations: [
      {
        patchType: 'ApplyConfiguration',
        applyConfiguration: {
          expression: 'Object{metadata: Object.metadata{labels: {"mesh": "on"}}}',
        },
      },
    ],
  }),
  binding('ValidatingAdmissionPolicyBinding', { validationActions: ['Audit'] }),
  binding('MutatingAdmissionPolicyBinding', {}),
];

/** As the named application has it in Git; without one, nobody’s. */
export function admissionObject(
  { kind, content }: AdmissionKind,
  name: string,
  application?: string,
): object {
  const annotations =
    application === undefined
      ? {}
      : // Of what is not in a namespace, Argo CD names the namespace of the application's destination.
        trackingAnnotation(application, `${GROUP}/${kind}:shop/${name}`);
  return {
    apiVersion: `${GROUP}/v1`,
    kind,
    metadata: { name, annotations },
    ...content,
  };
}
