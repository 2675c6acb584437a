/**
 * The guard of what Holdfast stands on: the Secrets and rights of its namespace, its rights in the cluster, and the
 * namespace itself.
 *
 * A running Holdfast refuses such changes itself (`policies/gitops_namespaces`). One that is away does not: its own
 * namespace is open then, so that it can be repaired. Whoever replaced the certificate or took a right away in that time
 * would keep it away.
 *
 * It exempts what a cluster does of its own accord: the end of a namespace whose deletion was allowed, the garbage
 * collector, the tokens of the controller manager, rewriting what is stored without a change, and what operators make and
 * note beside ours.
 */
import {
  allOf,
  anyOf,
  celText,
  isOneOf,
  metadataField,
  namespaceIs,
  not,
  operationIs,
  resourceIs,
} from './format-cel.ts';
import type { Cel, CelState } from './format-cel.ts';
import {
  guardRule,
  HAS_UID,
  IS_ALLOWED,
  IS_COLLECTOR,
  IS_SERVICE_ACCOUNT,
} from './format-guard.ts';
import type { Guard } from './format-guard.ts';

/** The name of the policy, and of its binding. */
export const INSTALLATION_GUARD_NAME = 'installation.holdfast.dev';

const RBAC = 'rbac.authorization.k8s.io';
const WRITES = ['CREATE', 'UPDATE', 'DELETE'];
const PART_OF = 'app.kubernetes.io/part-of';
const TOKEN_TYPE = 'kubernetes.io/service-account-token';
/** Whatever of these kinds is more than bookkeeping of the API server. */
const CONTENT = [
  'data',
  'type',
  'immutable',
  'rules',
  'aggregationRule',
  'subjects',
  'roleRef',
  'spec',
];
const METADATA = ['labels', 'annotations', 'finalizers', 'ownerReferences'];
const TOKEN_CONTROLLERS = ['system:kube-controller-manager'];
const TOKEN_ACCOUNTS = ['system:serviceaccount:kube-system:legacy-service-account-token-cleaner'];

/** The guard of an installation in this namespace. */
export function formatInstallationGuard(ownNamespace: string): Guard {
  return {
    rules: [
      guardRule('', ['secrets'], WRITES),
      guardRule(RBAC, ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'], WRITES),
      guardRule('', ['namespaces'], ['UPDATE', 'DELETE']),
    ],
    matchConditions: [
      { name: 'of-the-installation', expression: isOfInstallation(ownNamespace) },
      { name: 'not-going', expression: '!oldObject.?metadata.?deletionTimestamp.hasValue()' },
      { name: 'a-change', expression: isChange() },
    ],
    isPassed: anyOf(IS_ALLOWED, isRoutine()),
    message: 'Holdfast stands on this object, so that only those whom its guard names change it',
    remedy: `One of them types \`helm upgrade holdfast deploy/chart --namespace ${ownNamespace} --reset-then-reuse-values\`, or changes the object itself`,
    action: 'Deny',
  };
}

// The old label counts: whoever takes it away is asked.
function isOfInstallation(ownNamespace: string): Cel {
  const label = (state: CelState): Cel =>
    `${state}.?metadata.?labels[?${celText(PART_OF)}].orValue('') == 'holdfast'`;
  return anyOf(
    // A request for a Namespace object is in the namespace that it names.
    namespaceIs(ownNamespace),
    allOf(
      resourceIs(RBAC, 'clusterroles', 'clusterrolebindings'),
      anyOf(label('object'), label('oldObject')),
    ),
  );
}

function isChange(): Cel {
  const differs = CONTENT.map((field) => `object.?${field} != oldObject.?${field}`);
  const isNoted = METADATA.map(
    (field) => `object.?metadata.?${field} != oldObject.?metadata.?${field}`,
  );
  return anyOf(not(operationIs('UPDATE')), ...differs, ...isNoted);
}

function isRoutine(): Cel {
  const isSecret = resourceIs('', 'secrets');
  const isToken = (state: CelState): Cel => `${state}.?type.orValue('') == ${celText(TOKEN_TYPE)}`;
  return anyOf(
    // The namespace ends: its deletion was asked about.
    allOf(operationIs('DELETE'), 'namespaceObject.?metadata.?deletionTimestamp.hasValue()'),
    // Giving an object an owner is a change that is refused.
    allOf(
      operationIs('DELETE'),
      `${metadataField('oldObject', 'ownerReferences')}.size() > 0`,
      IS_COLLECTOR,
    ),
    allOf(
      isSecret,
      operationIs('UPDATE', 'DELETE'),
      isToken('oldObject'),
      anyOf(
        isOneOf('request.userInfo.username', TOKEN_CONTROLLERS),
        allOf(isOneOf('request.userInfo.username', TOKEN_ACCOUNTS), HAS_UID),
      ),
    ),
    // Copies of pull secrets that operators make everywhere. A Secret of this type is given the token of our account.
    allOf(isSecret, operationIs('CREATE'), IS_SERVICE_ACCOUNT, not(isToken('object'))),
    // Platforms note at each namespace what it may use.
    allOf(resourceIs('', 'namespaces'), operationIs('UPDATE'), IS_SERVICE_ACCOUNT),
  );
}
