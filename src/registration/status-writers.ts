/**
 * Which status each control-plane identity reports, by its row of the platform table: the same as in
 * `policies/lib/platform_rows.rego`, which a test compares. What is listed here works while we are away.
 *
 * Source: kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go.
 */
export const STATUS_WRITERS: Readonly<Record<string, readonly string[]>> = {
  apiserver: [
    'apiservices.apiregistration.k8s.io',
    'customresourcedefinitions.apiextensions.k8s.io',
    'flowschemas.flowcontrol.apiserver.k8s.io',
    // An eviction and an object that a quota counts are noted by the API server itself, before it answers.
    'poddisruptionbudgets.policy',
    'resourcequotas',
    'servicecidrs.networking.k8s.io',
    'storageversions.internal.apiserver.k8s.io',
  ],
  'attachdetach-controller': ['nodes'],
  'certificate-controller': ['certificatesigningrequests.certificates.k8s.io'],
  'cloud-controller-manager': ['nodes', 'services'],
  'cloud-node-controller': ['nodes'],
  'cronjob-controller': ['cronjobs.batch'],
  'daemon-set-controller': ['daemonsets.apps'],
  'deployment-controller': ['deployments.apps'],
  'device-taint-eviction-controller': ['devicetaintrules.resource.k8s.io', 'pods'],
  'disruption-controller': ['poddisruptionbudgets.policy', 'pods'],
  'expand-controller': ['persistentvolumeclaims'],
  'horizontal-pod-autoscaler': ['horizontalpodautoscalers.autoscaling'],
  'job-controller': ['jobs.batch'],
  'kube-scheduler': ['pods', 'resourceclaims.resource.k8s.io'],
  'namespace-controller': ['namespaces'],
  'node-controller': ['nodes', 'pods'],
  'persistent-volume-binder': ['persistentvolumeclaims', 'persistentvolumes'],
  'pod-garbage-collector': ['pods'],
  'replicaset-controller': ['replicasets.apps'],
  'replication-controller': ['replicationcontrollers'],
  'resource-claim-controller': ['pods', 'resourceclaims.resource.k8s.io'],
  'resourcequota-controller': ['resourcequotas'],
  'route-controller': ['nodes'],
  'service-cidrs-controller': ['servicecidrs.networking.k8s.io'],
  'service-controller': ['services'],
  'statefulset-controller': ['statefulsets.apps'],
  'storage-version-garbage-collector': ['storageversions.internal.apiserver.k8s.io'],
  'storage-version-migrator-controller': ['storageversionmigrations.storagemigration.k8s.io'],
  'taint-eviction-controller': ['pods'],
};

/** Rows that are never all controllers' together. */
export const OWN_COMPONENTS: ReadonlySet<string> = new Set([
  'apiserver',
  'cloud-controller-manager',
  'cloud-node-controller',
  'kube-scheduler',
]);
