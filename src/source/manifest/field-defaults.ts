/**
 * What the API server fills in where a manifest says nothing, by type and field.
 *
 * Sources: the API reference of Kubernetes (kubernetes.io/docs/reference/kubernetes-api), which gives the default of each
 * field, and SetDefaults_* in pkg/apis/<group>/<version>/defaults.go of Kubernetes 1.36, which the tests hold it against.
 */
import { isRecord } from '../../base/is-record.ts';
import type { Fields, RuleContext } from './type-schema.ts';

/** The default is the same wherever the type stands. */
export const CONSTANT_DEFAULTS: Readonly<Record<string, Fields>> = {
  'core/v1.ClientIPConfig': { timeoutSeconds: 10_800 },
  'core/v1.ConfigMapVolumeSource': { defaultMode: 0o644 },
  'core/v1.Container': {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  },
  'core/v1.EphemeralContainer': {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  },
  'core/v1.ContainerPort': { protocol: 'TCP' },
  'core/v1.DownwardAPIVolumeSource': { defaultMode: 0o644 },
  'core/v1.EndpointPort': { protocol: 'TCP' },
  'core/v1.FileKeySelector': { optional: false },
  'core/v1.GRPCAction': { service: '' },
  'core/v1.HTTPGetAction': { path: '/', scheme: 'HTTP' },
  'core/v1.HostPathVolumeSource': { type: '' },
  'core/v1.ISCSIVolumeSource': { iscsiInterface: 'default' },
  'core/v1.ISCSIPersistentVolumeSource': { iscsiInterface: 'default' },
  'core/v1.AzureDiskVolumeSource': {
    cachingMode: 'ReadWrite',
    fsType: 'ext4',
    kind: 'Shared',
    readOnly: false,
  },
  'core/v1.RBDVolumeSource': { keyring: '/etc/ceph/keyring', pool: 'rbd', user: 'admin' },
  'core/v1.RBDPersistentVolumeSource': { keyring: '/etc/ceph/keyring', pool: 'rbd', user: 'admin' },
  'core/v1.ScaleIOVolumeSource': { fsType: 'xfs', storageMode: 'ThinProvisioned' },
  'core/v1.ScaleIOPersistentVolumeSource': { fsType: 'xfs', storageMode: 'ThinProvisioned' },
  'core/v1.NamespaceSpec': { finalizers: ['kubernetes'] },
  'core/v1.ObjectFieldSelector': { apiVersion: 'v1' },
  'core/v1.PersistentVolumeClaimSpec': { volumeMode: 'Filesystem' },
  'core/v1.PersistentVolumeSpec': {
    persistentVolumeReclaimPolicy: 'Retain',
    volumeMode: 'Filesystem',
  },
  'core/v1.PodSpec': {
    dnsPolicy: 'ClusterFirst',
    enableServiceLinks: true,
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30, // as documented
  },
  'core/v1.Probe': {
    failureThreshold: 3,
    periodSeconds: 10, // as documented
    successThreshold: 1,
    timeoutSeconds: 1,
  },
  'core/v1.ProjectedVolumeSource': { defaultMode: 0o644 },
  'core/v1.ReplicationControllerSpec': { minReadySeconds: 0, replicas: 1 },
  'core/v1.ResourceFieldSelector': { divisor: '0' },
  'core/v1.Secret': { type: 'Opaque' },
  'core/v1.SecretVolumeSource': { defaultMode: 0o644 },
  'core/v1.ServiceAccountTokenProjection': { expirationSeconds: 3600 }, // as documented
  'core/v1.ServicePort': { protocol: 'TCP' },
  'core/v1.ServiceSpec': { sessionAffinity: 'None', type: 'ClusterIP' },
  'apps/v1.DaemonSetSpec': { revisionHistoryLimit: 10 },
  'apps/v1.DaemonSetUpdateStrategy': { type: 'RollingUpdate' },
  'apps/v1.DeploymentSpec': { progressDeadlineSeconds: 600, replicas: 1, revisionHistoryLimit: 10 }, // as documented
  'apps/v1.DeploymentStrategy': { type: 'RollingUpdate' },
  'apps/v1.ReplicaSetSpec': { replicas: 1 },
  'apps/v1.RollingUpdateDaemonSet': { maxSurge: 0, maxUnavailable: 1 },
  'apps/v1.RollingUpdateDeployment': { maxSurge: '25%', maxUnavailable: '25%' },
  'apps/v1.RollingUpdateStatefulSetStrategy': { maxUnavailable: 1, partition: 0 },
  'apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy': {
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
  },
  'apps/v1.StatefulSetSpec': {
    persistentVolumeClaimRetentionPolicy: {},
    podManagementPolicy: 'OrderedReady',
    replicas: 1,
    revisionHistoryLimit: 10,
  },
  'apps/v1.StatefulSetUpdateStrategy': { type: 'RollingUpdate' },
  'autoscaling/v1.HorizontalPodAutoscalerSpec': {
    minReplicas: 1,
    targetCPUUtilizationPercentage: 80,
  },
  'autoscaling/v2.HorizontalPodAutoscalerSpec': {
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
    ],
    minReplicas: 1,
  },
  'batch/v1.CronJobSpec': {
    concurrencyPolicy: 'Allow',
    failedJobsHistoryLimit: 1,
    successfulJobsHistoryLimit: 3,
    suspend: false,
  },
  'batch/v1.JobSpec': {
    completionMode: 'NonIndexed',
    manualSelector: false,
    parallelism: 1,
    suspend: false,
  },
  'batch/v1.PodFailurePolicyOnPodConditionsPattern': { status: 'True' },
  'networking/v1.IngressClassParametersReference': { scope: 'Cluster' },
  'networking/v1.NetworkPolicyPort': { protocol: 'TCP' },
  'rbac/v1.RoleRef': { apiGroup: 'rbac.authorization.k8s.io' },
  'storage/v1.CSIDriverSpec': {
    attachRequired: true,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    podInfoOnMount: false,
    preventPodSchedulingIfMissing: false,
    requiresRepublish: false,
    seLinuxMount: false,
    storageCapacity: false,
    volumeLifecycleModes: ['Persistent'],
  },
  'storage/v1.StorageClass': { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
  'scheduling/v1.PriorityClass': { preemptionPolicy: 'PreemptLowerPriority' },
  'admissionregistration/v1.MatchResources': {
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
  },
  'admissionregistration/v1.MutatingAdmissionPolicySpec': { failurePolicy: 'Fail' },
  'admissionregistration/v1.MutatingWebhook': {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    reinvocationPolicy: 'Never',
    timeoutSeconds: 10, // as documented
  },
  'admissionregistration/v1.NamedRuleWithOperations': { scope: '*' },
  'admissionregistration/v1.RuleWithOperations': { scope: '*' },
  'admissionregistration/v1.ServiceReference': { port: 443 },
  'admissionregistration/v1.ValidatingAdmissionPolicySpec': { failurePolicy: 'Fail' },
  'admissionregistration/v1.ValidatingWebhook': {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10, // as documented
  },
  'apiextensions/v1.CustomResourceDefinitionSpec': { conversion: { strategy: 'None' } },
  'apiextensions/v1.ServiceReference': { port: 443 },
  'apiregistration/v1.ServiceReference': { port: 443 },
  'discovery/v1.EndpointPort': { name: '', protocol: 'TCP' },
  'flowcontrol/v1.ExemptPriorityLevelConfiguration': {
    lendablePercent: 0,
    nominalConcurrencyShares: 0,
  },
  'flowcontrol/v1.FlowSchemaSpec': { matchingPrecedence: 1000 },
  'flowcontrol/v1.LimitedPriorityLevelConfiguration': {
    lendablePercent: 0,
    nominalConcurrencyShares: 30,
  },
  'flowcontrol/v1.QueuingConfiguration': { handSize: 8, queueLengthLimit: 50, queues: 64 },
  'resource/v1.DeviceSubRequest': { allocationMode: 'ExactCount', count: 1 },
  'resource/v1.DeviceToleration': { operator: 'Equal' },
  'resource/v1.ExactDeviceRequest': { allocationMode: 'ExactCount', count: 1 },
};

type Fill = (context: RuleContext) => unknown;

/** Defaults that follow from what stands beside the field. */
export const DERIVED_DEFAULTS: Readonly<Record<string, Fill>> = {
  'core/v1.Container.imagePullPolicy': pullPolicyOf('image'),
  'core/v1.EphemeralContainer.imagePullPolicy': pullPolicyOf('image'),
  'core/v1.ImageVolumeSource.pullPolicy': pullPolicyOf('reference'),
  'core/v1.ContainerPort.hostPort': (context) =>
    context.declared.some((struct) => struct['hostNetwork'] === true)
      ? parentOf(context)['containerPort']
      : undefined,
  'core/v1.LimitRangeItem.default': (context) => limitsOf(parentOf(context)),
  'core/v1.LimitRangeItem.defaultRequest': (context) => {
    const item = parentOf(context);
    if (item['type'] !== 'Container') return undefined;
    return { ...fieldsOf(item['min']), ...fieldsOf(limitsOf(item)), ...fieldsOf(item['default']) };
  },
  'core/v1.PodSpec.serviceAccount': (context) => parentOf(context)['serviceAccountName'],
  'core/v1.PodSpec.serviceAccountName': (context) => parentOf(context)['serviceAccount'],
  'core/v1.ReplicationControllerSpec.selector': (context) => templateLabels(parentOf(context)),
  'core/v1.ServicePort.targetPort': (context) => parentOf(context)['port'],
  'core/v1.ServiceSpec.allocateLoadBalancerNodePorts': (context) =>
    parentOf(context)['type'] === 'LoadBalancer' ? true : undefined,
  'core/v1.ServiceSpec.externalTrafficPolicy': (context) =>
    isExternal(parentOf(context)) ? 'Cluster' : undefined,
  'core/v1.ServiceSpec.internalTrafficPolicy': (context) =>
    parentOf(context)['type'] === 'ExternalName' ? undefined : 'Cluster',
  'core/v1.ServiceSpec.sessionAffinityConfig': (context) =>
    parentOf(context)['sessionAffinity'] === 'ClientIP' ? { clientIP: {} } : undefined,
  'core/v1.SessionAffinityConfig.clientIP': () => ({}),
  'core/v1.Volume.emptyDir': (context) =>
    Object.keys(parentOf(context)).every((key) => key === 'name') ? {} : undefined,
  // The two fields mirror each other. Source: PersistentVolumeClaim NormalizeDataSources.
  'core/v1.PersistentVolumeClaimSpec.dataSource': (context) => parentOf(context)['dataSourceRef'],
  'core/v1.PersistentVolumeClaimSpec.dataSourceRef': (context) => parentOf(context)['dataSource'],
  'apps/v1.DaemonSetUpdateStrategy.rollingUpdate': rollingUpdate,
  'apps/v1.DeploymentStrategy.rollingUpdate': rollingUpdate,
  'apps/v1.StatefulSetUpdateStrategy.rollingUpdate': rollingUpdate,
  'autoscaling/v2.HPAScalingRules.policies': ({ keys }) =>
    scalingPolicies(keys.at(-2) === 'scaleUp'),
  'autoscaling/v2.HPAScalingRules.selectPolicy': () => 'Max',
  'autoscaling/v2.HPAScalingRules.stabilizationWindowSeconds': ({ keys }) =>
    keys.at(-2) === 'scaleUp' ? 0 : undefined,
  'autoscaling/v2.HorizontalPodAutoscalerBehavior.scaleDown': () => ({}),
  'autoscaling/v2.HorizontalPodAutoscalerBehavior.scaleUp': () => ({}),
  'batch/v1.JobSpec.backoffLimit': (context) =>
    parentOf(context)['backoffLimitPerIndex'] === undefined ? 6 : 2_147_483_647,
  'batch/v1.JobSpec.completions': (context) =>
    parentOf(context)['parallelism'] === undefined ? 1 : undefined,
  'batch/v1.JobSpec.podReplacementPolicy': (context) =>
    parentOf(context)['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
  'networking/v1.NetworkPolicySpec.policyTypes': (context) => {
    const { egress } = parentOf(context);
    return Array.isArray(egress) && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  'rbac/v1.Subject.apiGroup': (context) =>
    parentOf(context)['kind'] === 'ServiceAccount' ? undefined : 'rbac.authorization.k8s.io',
  'apiextensions/v1.CustomResourceDefinitionNames.listKind': (context) =>
    `${textOf(parentOf(context)['kind'])}List`,
  'apiextensions/v1.CustomResourceDefinitionNames.singular': (context) =>
    textOf(parentOf(context)['kind']).toLowerCase(),
};

function parentOf({ declared }: RuleContext): Fields {
  return declared.at(-1) ?? {};
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A digest alone is no tag. Source: k8s.io/kubernetes pkg/util/parsers ParseImageName. */
function pullPolicyOf(field: string): Fill {
  return (context) => {
    const reference = textOf(parentOf(context)[field]);
    const [name = '', digest] = reference.split('@');
    const tag = /:(?<tag>[^/:]+)$/u.exec(name)?.groups?.['tag'];
    const isLatest = tag === 'latest' || (tag === undefined && digest === undefined);
    return isLatest ? 'Always' : 'IfNotPresent';
  };
}

function rollingUpdate(context: RuleContext): unknown {
  const type = parentOf(context)['type'];
  return type === undefined || type === '' || type === 'RollingUpdate' ? {} : undefined;
}

function isExternal({ type, externalIPs }: Fields): boolean {
  if (type === 'NodePort' || type === 'LoadBalancer') return true;
  return type !== 'ExternalName' && Array.isArray(externalIPs) && externalIPs.length > 0;
}

function limitsOf(item: Fields): Fields | undefined {
  if (item['type'] !== 'Container') return undefined;
  return { ...fieldsOf(item['max']), ...fieldsOf(item['default']) };
}

function templateLabels(spec: Fields): unknown {
  return fieldsOf(fieldsOf(spec['template'])['metadata'])['labels'];
}

function scalingPolicies(isUp: boolean): unknown {
  const byPercent = { type: 'Percent', value: 100, periodSeconds: 15 }; // as documented
  return isUp ? [{ type: 'Pods', value: 4, periodSeconds: 15 }, byPercent] : [byPercent]; // as documented
}
