/** The rights that the chart gives where `registration.manage` is set: test/deploy/render.test.ts compares them. */

const GROUP = 'admissionregistration.k8s.io';

export const REGISTRATION_RULES = [
  {
    apiGroups: [GROUP],
    resources: ['validatingwebhookconfigurations'],
    resourceNames: ['holdfast', 'holdfast-probe'],
    verbs: ['create', 'patch', 'update'],
  },
  {
    apiGroups: [GROUP],
    resources: ['mutatingwebhookconfigurations'],
    resourceNames: ['holdfast'],
    verbs: ['create', 'patch', 'update'],
  },
];

/** The role and its binding, for Holdfast of the namespace `holdfast-system`. */
export const REGISTRATION_ROLE: readonly object[] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'holdfast-registration' },
    rules: REGISTRATION_RULES,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'holdfast-registration' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'holdfast-registration',
    },
    subjects: [{ kind: 'ServiceAccount', name: 'holdfast', namespace: 'holdfast-system' }],
  },
];
