/**
 * The control plane's own identities, by exact username.
 *
 * Source: kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go. Rego decides what
 * each may do (`policies/lib/platform.rego`): this table only names them.
 */

/** Controllers with their own service account, `system:serviceaccount:kube-system:<name>`. */
const CONTROLLERS = [
  'attachdetach-controller',
  'certificate-controller',
  'clusterrole-aggregation-controller',
  'cronjob-controller',
  'daemon-set-controller',
  'deployment-controller',
  'device-taint-eviction-controller',
  'disruption-controller',
  'endpoint-controller',
  'endpointslice-controller',
  'endpointslicemirroring-controller',
  'ephemeral-volume-controller',
  'expand-controller',
  'generic-garbage-collector',
  'horizontal-pod-autoscaler',
  'job-controller',
  'legacy-service-account-token-cleaner',
  'namespace-controller',
  'node-controller',
  'persistent-volume-binder',
  'pod-garbage-collector',
  'podcertificaterequestcleaner',
  'pv-protection-controller',
  'pvc-protection-controller',
  'replicaset-controller',
  'replication-controller',
  'resource-claim-controller',
  'resourcequota-controller',
  'root-ca-cert-publisher',
  'route-controller',
  'selinux-warning-controller',
  'service-account-controller',
  'service-cidrs-controller',
  'service-controller',
  'statefulset-controller',
  'storage-version-garbage-collector',
  'storage-version-migrator-controller',
  'taint-eviction-controller',
  'ttl-after-finished-controller',
  'ttl-controller',
  'validatingadmissionpolicy-status-controller',
  'volumeattributesclass-protection-controller',
] as const;

/** Identities that are not service accounts, and their rows. */
const USERS: readonly (readonly [username: string, row: string])[] = [
  // The API server's own writes: leases, the kubernetes Service, its roles, APIServices.
  ['system:apiserver', 'apiserver'],
  ['system:cloud-controller-manager', 'cloud-controller-manager'],
  // All controllers together, if --use-service-account-credentials is off.
  ['system:kube-controller-manager', 'kube-controller-manager'],
  ['system:kube-scheduler', 'kube-scheduler'],
  // The same names, if they run with their own service account.
  ['system:serviceaccount:kube-system:cloud-controller-manager', 'cloud-controller-manager'],
  ['system:serviceaccount:kube-system:cloud-node-controller', 'cloud-node-controller'],
];

/** Username to row of the platform table. */
export const PLATFORM_IDENTITIES: ReadonlyMap<string, string> = new Map([
  ...USERS,
  ...CONTROLLERS.map((name) => [`system:serviceaccount:kube-system:${name}`, name] as const),
]);
