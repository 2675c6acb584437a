/**
 * Fields that the API server, its own admission plugins or Kubernetes' controllers set where a manifest says nothing,
 * and whose value the manifest does not determine. By type and field.
 *
 * A value is accepted only where it cannot widen what the manifest declares: an address that was allocated, yes; a
 * headless Service, a volume that somebody chose, no. Sources: pkg/registry/<group>/<kind>/strategy.go and plugin/pkg/admission of
 * Kubernetes 1.36; kubernetes.io/docs/reference/access-authn-authz/admission-controllers.
 */
import { isRecord } from '../../base/is-record.ts';
import { isMergedRules, isMergedSubjects } from './merge-rbac.ts';
import { isSameQuantity } from './parse-quantity.ts';
import type { FieldRule, Fields, Member, RuleContext } from './type-schema.ts';

/** The rules, by type and field. */
export const SERVER_SET_FIELDS: Readonly<Record<string, FieldRule>> = {
  'meta/v1.ObjectMeta.annotations': { isMemberServerSet: isServerAnnotation },
  'meta/v1.ObjectMeta.labels': { isMemberServerSet: isServerLabel },
  'meta/v1.ObjectMeta.finalizers': { isMemberServerSet: isServerFinalizer },
  'meta/v1.ObjectMeta.name': {
    // A name that is generated begins with what the manifest says.
    isServerSet: (value, context) => {
      const prefix = parentOf(context)['generateName'];
      return typeof prefix === 'string' && prefix !== '' && String(value).startsWith(prefix);
    },
  },
  // The admission plugin AlwaysPullImages; the other direction would run what somebody left on a node.
  'core/v1.Container.imagePullPolicy': { isServerSet: (value) => value === 'Always' },
  'core/v1.ServiceSpec.clusterIP': { isServerSet: (value) => value !== 'None' },
  'core/v1.ServiceSpec.clusterIPs': { isServerSet: isClusterIPs },
  'core/v1.ServiceSpec.healthCheckNodePort': {
    isServerSet: (_, context) => parentOf(context)['type'] === 'LoadBalancer',
  },
  'core/v1.ServiceSpec.ipFamilies': { isServerSet: () => true },
  'core/v1.ServiceSpec.ipFamilyPolicy': { isServerSet: () => true },
  'core/v1.ServicePort.nodePort': { isServerSet: hasNodePorts },
  // DefaultStorageClass and DefaultIngressClass: which class is the default is the cluster's matter.
  'core/v1.PersistentVolumeClaimSpec.storageClassName': {
    isServerSet: (_, { keys }) => keys.length === 2,
  },
  'networking/v1.IngressSpec.ingressClassName': { isServerSet: () => true },
  'core/v1.LimitRangeItem.default': { isMemberServerSet: isLimitDefault(['max']) },
  'core/v1.LimitRangeItem.defaultRequest': {
    isMemberServerSet: isLimitDefault(['default', 'max', 'min']),
  },
  'core/v1.NamespaceSpec.finalizers': { isServerSet: () => true },
  // The Job controller's own labels, unless the manifest manages the selector itself.
  'batch/v1.JobSpec.selector': { isServerSet: isJobSelector },
  'batch/v1.JobSpec.podReplacementPolicy': { isServerSet: () => true },
  ...podAdmissionRules(),
  'rbac/v1.ClusterRole.rules': { isMerged: isMergedRules },
  'rbac/v1.Role.rules': { isMerged: isMergedRules },
  'rbac/v1.ClusterRoleBinding.subjects': { isMerged: isMergedSubjects },
  'rbac/v1.RoleBinding.subjects': { isMerged: isMergedSubjects },
  ...alwaysSet('certificates/v1.CertificateSigningRequestSpec', [
    'extra',
    'groups',
    'uid',
    'username',
  ]),
};

/** Never compared, also where a manifest that was exported from a cluster has them. */
export const UNCOMPARED_METADATA: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/** Annotations that a controller of Kubernetes writes on objects of any kind. */
const SERVER_ANNOTATIONS: ReadonlySet<string> = new Set([
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
]);

function isServerAnnotation({ key, value }: Member, context: RuleContext): boolean {
  if (context.keys.length !== 2) return false;
  if (SERVER_ANNOTATIONS.has(key)) return /^\d+$/u.test(String(value));
  return key === 'kubernetes.io/limit-ranger' && isPod(context);
}

const JOB_LABELS: ReadonlySet<string> = new Set([
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'controller-uid',
  'job-name',
]);

function isServerLabel({ key, value }: Member, context: RuleContext): boolean {
  const { declared, object, keys } = context;
  const root = declared[0] ?? {};
  const meta = fieldsOf(object['metadata']);
  if (root['kind'] === 'Namespace' && keys.length === 2) {
    return key === 'kubernetes.io/metadata.name' && value === meta['name'];
  }
  if (root['kind'] === 'Job' && JOB_LABELS.has(key)) {
    return value === meta['uid'] || value === meta['name'];
  }
  // Labels of the pod template are the object's own where it has none.
  const isLabelled = Object.keys(fieldsOf(fieldsOf(root['metadata'])['labels'])).length > 0;
  const copies = root['kind'] === 'Job' || root['kind'] === 'ReplicationController';
  return keys.length === 2 && copies && !isLabelled && templateLabels(root)[key] === value;
}

/** Added when the object is made: StorageObjectInUseProtection, and Argo CD on its hooks. */
const SERVER_FINALIZERS: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: 'kubernetes.io/pvc-protection',
  PersistentVolume: 'kubernetes.io/pv-protection',
};
const HOOK_FINALIZER = 'argocd.argoproj.io/hook-finalizer';

function isServerFinalizer({ value }: Member, { declared, keys }: RuleContext): boolean {
  const root = declared[0] ?? {};
  if (keys.length !== 2) return false;
  if (value === SERVER_FINALIZERS[String(root['kind'])]) return true;
  const annotations = fieldsOf(fieldsOf(root['metadata'])['annotations']);
  const isHook = 'argocd.argoproj.io/hook' in annotations || 'helm.sh/hook' in annotations;
  return value === HOOK_FINALIZER && isHook;
}

function isClusterIPs(value: unknown, context: RuleContext): boolean {
  const { clusterIP } = parentOf(context);
  if (!Array.isArray(value)) return false;
  if (typeof clusterIP === 'string' && clusterIP !== '') return value[0] === clusterIP;
  return !value.includes('None');
}

function hasNodePorts(_: unknown, { declared }: RuleContext): boolean {
  const type = declared.at(-2)?.['type'];
  return type === 'NodePort' || type === 'LoadBalancer';
}

function isLimitDefault(sources: readonly string[]) {
  return ({ key, value }: Member, context: RuleContext): boolean => {
    const item = parentOf(context);
    return item['type'] === 'Container' && sources.some((one) => isSame(item[one], key, value));
  };
}

function isSame(quantities: unknown, key: string, value: unknown): boolean {
  const quantity = fieldsOf(quantities)[key];
  return quantity !== undefined && isSameQuantity(quantity, value);
}

function isJobSelector(value: unknown, context: RuleContext): boolean {
  if (parentOf(context)['manualSelector'] === true) return false;
  const { matchLabels, ...others } = fieldsOf(value);
  const uid = fieldsOf(context.object['metadata'])['uid'];
  return (
    Object.keys(others).length === 0 &&
    Object.entries(fieldsOf(matchLabels)).every(([key, one]) => JOB_LABELS.has(key) && one === uid)
  );
}

/** ServiceAccount, DefaultTolerationSeconds, Priority and LimitRanger add to pods, and to nothing else. */
function podAdmissionRules(): Readonly<Record<string, FieldRule>> {
  return {
    'core/v1.PodSpec.imagePullSecrets': { isMemberServerSet: (_, context) => isPod(context) },
    'core/v1.PodSpec.preemptionPolicy': { isServerSet: (_, context) => isPod(context) },
    'core/v1.PodSpec.priority': { isServerSet: (_, context) => isPod(context) },
    'core/v1.PodSpec.priorityClassName': { isServerSet: (_, context) => isPod(context) },
    'core/v1.PodSpec.serviceAccount': { isServerSet: isDefaultAccount },
    'core/v1.PodSpec.serviceAccountName': { isServerSet: isDefaultAccount },
    'core/v1.PodSpec.tolerations': { isMemberServerSet: isDefaultToleration },
    'core/v1.PodSpec.volumes': { isMemberServerSet: isTokenVolume },
    'core/v1.Container.volumeMounts': { isMemberServerSet: isTokenMount },
    'core/v1.ResourceRequirements.limits': { isMemberServerSet: isRanged },
    'core/v1.ResourceRequirements.requests': {
      isMemberServerSet: (member, context) =>
        isRanged(member, context) ||
        (isPod(context) && isSame(parentOf(context)['limits'], member.key, member.value)),
    },
  };
}

function isPod({ declared }: RuleContext): boolean {
  return declared[0]?.['kind'] === 'Pod' && declared[0]['apiVersion'] === 'v1';
}

function isDefaultAccount(value: unknown, context: RuleContext): boolean {
  return isPod(context) && value === 'default';
}

/** LimitRanger says on the pod that it was at work. */
function isRanged(_: Member, context: RuleContext): boolean {
  const annotations = fieldsOf(fieldsOf(context.object['metadata'])['annotations']);
  return isPod(context) && 'kubernetes.io/limit-ranger' in annotations;
}

function isDefaultToleration({ value }: Member, context: RuleContext): boolean {
  const { key, operator, effect, ...others } = fieldsOf(value);
  return (
    isPod(context) &&
    (key === 'node.kubernetes.io/not-ready' || key === 'node.kubernetes.io/unreachable') &&
    operator === 'Exists' &&
    effect === 'NoExecute' &&
    Object.keys(others).every((name) => name === 'tolerationSeconds')
  );
}

/** The token, the cluster's CA and the namespace; no other file can be read from it. */
function isTokenVolume({ value }: Member, context: RuleContext): boolean {
  const { name, projected, ...others } = fieldsOf(value);
  const { sources } = fieldsOf(projected);
  return (
    isPod(context) &&
    String(name).startsWith('kube-api-access-') &&
    Object.keys(others).length === 0 &&
    Array.isArray(sources) &&
    sources.every(isTokenSource)
  );
}

function isTokenSource(source: unknown): boolean {
  const { serviceAccountToken, configMap, downwardAPI, ...others } = fieldsOf(source);
  if (Object.keys(others).length > 0) return false;
  return (
    (configMap === undefined || fieldsOf(configMap)['name'] === 'kube-root-ca.crt') &&
    (serviceAccountToken ?? configMap ?? downwardAPI) !== undefined
  );
}

function isTokenMount({ value }: Member, context: RuleContext): boolean {
  const { mountPath, name, readOnly, ...others } = fieldsOf(value);
  return (
    isPod(context) &&
    mountPath === '/var/run/secrets/kubernetes.io/serviceaccount' &&
    String(name).startsWith('kube-api-access-') &&
    readOnly === true &&
    Object.keys(others).length === 0
  );
}

function alwaysSet(type: string, fields: readonly string[]): Readonly<Record<string, FieldRule>> {
  return Object.fromEntries(
    fields.map((field) => [`${type}.${field}`, { isServerSet: () => true }]),
  );
}

function parentOf({ declared }: RuleContext): Fields {
  return declared.at(-1) ?? {};
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function templateLabels(root: Fields): Fields {
  const template = fieldsOf(fieldsOf(root['spec'])['template']);
  return fieldsOf(fieldsOf(template['metadata'])['labels']);
}
