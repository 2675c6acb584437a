/** Kinds that configure: data, access, storage, the API itself. */
import { clusterWide, namespaced } from './oracle-case.ts';
import type { OracleCase } from './oracle-case.ts';

const HPA = ['autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'] as const;
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' };

/** Data, storage, quotas, classes. */
export const SETTINGS: readonly OracleCase[] = [
  namespaced('ConfigMap', ['v1', 'ConfigMap', 'configmaps'], {
    data: { a: 'x', b: '' },
    binaryData: { c: 'YQ==' },
  }),
  namespaced('ConfigMap without data', ['v1', 'ConfigMap', 'configmaps'], { data: {} }),
  namespaced('Secret', ['v1', 'Secret', 'secrets'], {
    data: { a: 'YQ==', both: 'YQ==' },
    stringData: { b: 'text', both: 'wins' },
  }),
  namespaced('Secret of a type', ['v1', 'Secret', 'secrets'], {
    type: 'kubernetes.io/basic-auth',
    immutable: false,
    stringData: { username: 'u', password: 'p' },
  }),
  namespaced('ServiceAccount', ['v1', 'ServiceAccount', 'serviceaccounts'], {
    automountServiceAccountToken: false,
    imagePullSecrets: [{ name: 'pull' }],
  }),
  namespaced('PersistentVolumeClaim', ['v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'], {
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1024Mi' } },
      dataSource: { kind: 'PersistentVolumeClaim', name: 'b' },
    },
  }),
  clusterWide('PersistentVolume', ['v1', 'PersistentVolume', 'persistentvolumes'], {
    spec: {
      capacity: { storage: '1024Mi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/x' },
    },
  }),
  namespaced('LimitRange', ['v1', 'LimitRange', 'limitranges'], {
    spec: {
      limits: [
        {
          type: 'Container',
          max: { cpu: '2000m' },
          min: { memory: '1Mi' },
          default: { memory: '1Gi' },
        },
      ],
    },
  }),
  namespaced('ResourceQuota', ['v1', 'ResourceQuota', 'resourcequotas'], {
    spec: { hard: { pods: '10', 'requests.cpu': '2000m' } },
  }),
  namespaced('PodDisruptionBudget', ['policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'], {
    spec: { minAvailable: '50%', selector: { matchLabels: { app: 'a' } } },
  }),
  namespaced('HorizontalPodAutoscaler', HPA, { spec: { scaleTargetRef, maxReplicas: 5 } }),
  namespaced('HorizontalPodAutoscaler with behavior', HPA, {
    spec: {
      scaleTargetRef,
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1024Mi' } },
        },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
    },
  }),
  namespaced(
    'HorizontalPodAutoscaler of v1',
    ['autoscaling/v1', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'],
    { spec: { scaleTargetRef, maxReplicas: 5 } },
  ),
  namespaced('Lease', ['coordination.k8s.io/v1', 'Lease', 'leases'], {
    spec: { holderIdentity: 'a', renewTime: '2026-01-01T00:00:00.000000Z' },
  }),
  clusterWide('Namespace', ['v1', 'Namespace', 'namespaces'], {
    metadata: { name: 'oracle-namespace', labels: { a: 'b' } },
  }),
  clusterWide('PriorityClass', ['scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses'], {
    value: 1000,
    globalDefault: false,
  }),
  clusterWide('StorageClass', ['storage.k8s.io/v1', 'StorageClass', 'storageclasses'], {
    provisioner: 'a.example',
  }),
  clusterWide('CSIDriver', ['storage.k8s.io/v1', 'CSIDriver', 'csidrivers'], {
    metadata: { name: 'a.example' },
    spec: {},
  }),
  clusterWide('RuntimeClass', ['node.k8s.io/v1', 'RuntimeClass', 'runtimeclasses'], {
    handler: 'a',
  }),
  clusterWide('FlowSchema', ['flowcontrol.apiserver.k8s.io/v1', 'FlowSchema', 'flowschemas'], {
    spec: { priorityLevelConfiguration: { name: 'global-default' } },
  }),
  clusterWide(
    'PriorityLevelConfiguration',
    [
      'flowcontrol.apiserver.k8s.io/v1',
      'PriorityLevelConfiguration',
      'prioritylevelconfigurations',
    ],
    { spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } } },
  ),
];

const RBAC_GROUP = 'rbac.authorization.k8s.io/v1';

/** RBAC. */
export const ACCESS: readonly OracleCase[] = [
  namespaced('Role', [RBAC_GROUP, 'Role', 'roles'], {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  }),
  namespaced('RoleBinding', [RBAC_GROUP, 'RoleBinding', 'rolebindings'], {
    roleRef: { kind: 'Role', name: 'a' },
    subjects: [
      { kind: 'User', name: 'u' },
      { kind: 'ServiceAccount', name: 's', namespace: 'x', apiGroup: '' },
    ],
  }),
  clusterWide('ClusterRole', [RBAC_GROUP, 'ClusterRole', 'clusterroles'], {
    rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
  }),
  clusterWide('ClusterRole that aggregates', [RBAC_GROUP, 'ClusterRole', 'clusterroles'], {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
    rules: [],
  }),
  clusterWide('ClusterRoleBinding', [RBAC_GROUP, 'ClusterRoleBinding', 'clusterrolebindings'], {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'a' },
    subjects: [{ kind: 'Group', name: 'g' }],
  }),
];
