/**
 * Match conditions for the control plane: requests that are exempt, and requests that are judged even for its
 * identities.
 */
import type { ExemptionOptions } from './exemption-options.ts';
import {
  allOf,
  anyOf,
  celText,
  isOneOf,
  metadataField,
  namespaceIs,
  not,
  operationIs,
  requestField,
  resourceIs,
  subresourceIs,
} from './format-cel.ts';
import type { Cel, CelState } from './format-cel.ts';
import { isUnmarked } from './format-metadata-conditions.ts';
import { isOwnStatus } from './format-status-work.ts';
import { endangersVolume, isVolumeOfNode } from './format-volume-work.ts';
import { touchesWriterAccount } from './format-writer-account.ts';
import { parseServiceAccount } from './parse-service-account.ts';

const ENDPOINTS_LABEL = 'endpoints.kubernetes.io/managed-by';
const CONTROLLER_MANAGER = 'system:kube-controller-manager';
const USERNAME = 'request.userInfo.username';

/**
 * Work of an exact control-plane identity on what Git does not declare: nothing is exempt here that a policy would
 * refuse to the same name (`policies/lib/platform_rows.rego`).
 */
export function isPlatformWork(options: ExemptionOptions): Cel {
  return allOf(
    not(isGitopsControlPlane()),
    not(touchesWriterAccount(options)),
    anyOf(
      allOf(isPlatform(options), anyOf(isOwnStatus(options), isWorkOnUnmarked(options))),
      isBinding(),
      isTokenRequest(options),
    ),
  );
}

/**
 * Work of an exact control-plane identity on what controllers make all day. A webhook of its own judges it while we run,
 * and lets it through while we do not: a cluster without new pods is no safer.
 */
export function isPlatformWorkOnChildren(options: ExemptionOptions): Cel {
  return allOf(
    isPlatform(options),
    subresourceIs(''),
    not(touchesWriterAccount(options)),
    anyOf(isWorkOnChild(options), isWorkOnEndpoints(options)),
  );
}

/** What the control plane makes for workloads and Services, by group. */
export const CHILD_RESOURCES: Readonly<Record<string, readonly string[]>> = {
  '': ['endpoints', 'pods'],
  apps: ['controllerrevisions', 'replicasets'],
  batch: ['jobs'],
  'discovery.k8s.io': ['endpointslices'],
};

/** One of the exact names, and a token where it is a service account. */
export function isPlatform(options: ExemptionOptions): Cel {
  const { platformUsernames, recoveryUsernames, sharedControllerManager = false } = options;
  const isAccount = (username: string) => parseServiceAccount(username) !== undefined;
  const usernames = [...new Set([...platformUsernames, ...recoveryUsernames])]
    .filter((username) => username !== CONTROLLER_MANAGER || sharedControllerManager)
    .toSorted();
  return anyOf(
    isOneOf(
      USERNAME,
      usernames.filter((name) => !isAccount(name)),
    ),
    allOf(
      // Stops `kubectl --as`: a service account with a token always has its uid, an impersonated one has none
      // unless that is forged as well.
      `request.userInfo.?uid.orValue('') != ''`,
      isOneOf(USERNAME, usernames.filter(isAccount)),
    ),
  );
}

function isBinding(): Cel {
  return allOf(
    `${USERNAME} == 'system:kube-scheduler'`,
    anyOf(allOf(resourceIs('', 'pods'), subresourceIs('binding')), isPlainBinding()),
  );
}

/** The same act, by a resource of its own: it bears no mark of the pod that it is about. */
function isPlainBinding(): Cel {
  return resourceIs('', 'bindings');
}

/** The controller manager asks for the tokens of its controllers, whether or not it acts for them itself. */
function isTokenRequest(options: ExemptionOptions): Cel {
  return allOf(
    anyOf(`${USERNAME} == ${celText(CONTROLLER_MANAGER)}`, isPlatform(options)),
    resourceIs('', 'serviceaccounts'),
    subresourceIs('token'),
  );
}

// Applications, Kustomizations and sources control what the writer writes, so nobody is exempt for them. Not even
// the garbage collector: it may change any object, so an attacker would impersonate it.
function isGitopsControlPlane(): Cel {
  return anyOf(
    `request.resource.group == 'argoproj.io'`,
    `request.resource.group.endsWith(${celText('.fluxcd.io')})`,
  );
}

/** An object that a controller created belongs to the controller, even with copied marks. */
function isWorkOnChild({ gitopsNamespaces }: ExemptionOptions): Cel {
  return allOf(
    isChildResource(),
    isMadeByController(),
    anyOf(
      not(namespaceIs(...gitopsNamespaces)),
      // The pods of GitOps controllers restart without us, but their configuration does not change without
      // us.
      resourceIs('', 'pods'),
      resourceIs('apps', 'replicasets', 'controllerrevisions'),
    ),
  );
}

function isChildResource(): Cel {
  return anyOf(
    ...Object.entries(CHILD_RESOURCES).map(([group, resources]) => resourceIs(group, ...resources)),
  );
}

function isMadeByController(): Cel {
  return `(request.operation == 'CREATE' ? ${isControlled('object')} : ${isControlled('oldObject')})`;
}

function isControlled(state: CelState): Cel {
  const owners = metadataField(state, 'ownerReferences');
  return `${owners}.exists(owner, owner.?controller.orValue(false) == true)`;
}

function isWorkOnUnmarked(options: ExemptionOptions): Cel {
  const { gitopsNamespaces, gitopsOnlyNamespaces } = options;
  const strictNamespaces = new Set([...gitopsNamespaces, ...gitopsOnlyNamespaces]);
  return allOf(
    subresourceIs(''),
    anyOf(
      not(namespaceIs(...strictNamespaces)),
      // A claim of an ephemeral volume and a resource claim: Git declares none of them anywhere. Of other kinds anybody can
      // say that a controller made them.
      allOf(not(namespaceIs(...gitopsNamespaces)), isMadeByController(), isClaim()),
    ),
    not(deletesByProxy()),
    not(endangersVolume()),
    not(isVolumeOfNode()),
    not(changesTheCluster(options)),
    not(startsContainers()),
    not(isPlainBinding()),
    isUnmarked(options),
  );
}

function isClaim(): Cel {
  return anyOf(
    resourceIs('', 'persistentvolumeclaims'),
    resourceIs('resource.k8s.io', 'resourceclaims'),
  );
}

// Real controllers create pods with an owner reference. A pod without one comes from an attacker who
// impersonates a controller to bypass the policies.
function startsContainers(): Cel {
  return allOf(
    operationIs('CREATE', 'UPDATE'),
    anyOf(
      resourceIs('', 'pods', 'podtemplates', 'replicationcontrollers'),
      isOneOf('request.resource.group', ['apps', 'batch']),
    ),
  );
}

/**
 * Who may do what, and who serves a group of the API: judged in every name, but for what the API server itself puts right
 * when it starts, and for the aggregated roles of a controller of its own.
 */
function changesTheCluster(options: ExemptionOptions): Cel {
  const isApiServer = `${USERNAME} == 'system:apiserver'`;
  return anyOf(
    allOf(
      resourceIs('rbac.authorization.k8s.io'),
      not(allOf(isApiServer, isBootstrapRole())),
      not(allOf(isAggregation(options), resourceIs('rbac.authorization.k8s.io', 'clusterroles'))),
    ),
    allOf(
      resourceIs('apiregistration.k8s.io'),
      not(allOf(isApiServer, isLocal('object'), isLocal('oldObject'))),
    ),
  );
}

// Source: kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go.
function isBootstrapRole(): Cel {
  const name = requestField('name');
  const names = ['admin', 'cluster-admin', 'edit', 'view'];
  return anyOf(
    `${name}.startsWith('system:')`,
    isOneOf(name, [...names, 'extension-apiserver-authentication-reader']),
  );
}

function isAggregation({ sharedControllerManager = false }: ExemptionOptions): Cel {
  const account = 'system:serviceaccount:kube-system:clusterrole-aggregation-controller';
  return allOf(
    isOneOf(USERNAME, [account, ...(sharedControllerManager ? [CONTROLLER_MANAGER] : [])]),
    `oldObject.?aggregationRule.?clusterRoleSelectors.orValue([]).size() > 0`,
  );
}

/** What the API server serves itself; with a Service, somebody else answers in its name. */
function isLocal(state: CelState): Cel {
  const label = celText('kube-aggregator.kubernetes.io/automanaged');
  return anyOf(
    `${state} == null`,
    allOf(
      `!${state}.?spec.?service.hasValue()`,
      isOneOf(`${state}.?metadata.?labels[?${label}].orValue('')`, ['onstart', 'true']),
    ),
  );
}

/** Deletions that destroy more than the object, and kinds that are managed without a mark (Argo CD marks no CRD). */
function deletesByProxy(): Cel {
  return anyOf(
    resourceIs('apiextensions.k8s.io', 'customresourcedefinitions'),
    allOf(
      operationIs('DELETE'),
      resourceIs('', 'namespaces', 'persistentvolumeclaims', 'persistentvolumes'),
    ),
  );
}

/**
 * Where the traffic of Services goes. Endpoints copy their Service's labels, including Flux's marks; the controller's own
 * label identifies them.
 */
function isWorkOnEndpoints(options: ExemptionOptions): Cel {
  const { gitopsNamespaces, gitopsOnlyNamespaces } = options;
  const maker = (state: CelState): Cel =>
    `${state}.?metadata.?labels[?${celText(ENDPOINTS_LABEL)}].orValue('')`;
  const isOwn = (state: CelState): Cel =>
    anyOf(`${state} == null`, `${maker(state)} == 'endpoint-controller'`);
  return allOf(
    not(namespaceIs(...gitopsNamespaces)),
    anyOf(
      allOf(resourceIs('', 'endpoints'), isOwn('object'), isOwn('oldObject')),
      allOf(
        anyOf(resourceIs('', 'endpoints'), resourceIs('discovery.k8s.io', 'endpointslices')),
        not(namespaceIs(...gitopsOnlyNamespaces)),
        isUnmarked(options),
      ),
    ),
  );
}
