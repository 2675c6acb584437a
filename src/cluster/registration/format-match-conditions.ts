/**
 * Which requests the API server does not even send us. While we are down, exactly these still work with failure policy
 * Fail, so they are what keeps a cluster alive; while we run, they are a hole unless they cover only what we would allow.
 *
 * So the rule for every exemption is: whoever can forge the caller (anyone with `impersonate`) must gain nothing by it.
 * That is why the control plane's identities are exempt only on objects that no GitOps tool marks, on children, and
 * on status that leaves the metadata alone.
 */
import {
  allOf,
  anyOf,
  celText,
  celTexts,
  isOneOf,
  metadataField,
  not,
  requestField,
} from './format-cel.ts';
import type { Cel, CelState } from './format-cel.ts';
import { parseServiceAccount } from './parse-service-account.ts';

/** One entry of a webhook's `matchConditions`: the webhook is called where all of them hold. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** What the expressions are generated from; all of it is configuration or a table. */
export interface ExemptionOptions {
  /** Exact usernames of the control plane (`identity/platform-identities.ts`). */
  readonly platformUsernames: readonly string[];
  /** Exact usernames of whatever must run before our own pods can: network, cloud and storage agents. */
  readonly recoveryUsernames: readonly string[];
  /** The accounts whose tokens are the keys to everything Git manages. */
  readonly writerUsernames: readonly string[];
  /** Where GitOps controllers run and their own objects lie. */
  readonly gitopsNamespaces: readonly string[];
  /** Namespaces in which objects count as managed without any mark. */
  readonly gitopsOnlyNamespaces: readonly string[];
  /** The Argo CD instance label, where labels are tracked. */
  readonly instanceLabelKey?: string | undefined;
}

const SUBRESOURCE = requestField('subResource');
const NAMESPACE = requestField('namespace');
const NAME = requestField('name');

/** Any key of either tool counts, not only the ownership marks: their switches turn reconciliation off (sync-options, ssa). */
const ARGOCD_KEY_PREFIX = 'argocd.argoproj.io/';
const FLUX_KEY_PART = '.fluxcd.io/';
/** What status updates of the platform may change beside status: deployment-controller records its revision so. */
const STATUS_ANNOTATIONS = ['deployment.kubernetes.io/revision'];
const KUBELET_SIGNERS = [
  'kubernetes.io/kube-apiserver-client-kubelet',
  'kubernetes.io/kubelet-serving',
];
const TOKEN_SECRET_ANNOTATION = 'kubernetes.io/service-account.name';
const ENDPOINTS_LABEL = 'endpoints.kubernetes.io/managed-by';

/** The conditions that keep a cluster alive, shared by every webhook that matches all kinds. */
export function formatExemptions(options: ExemptionOptions): readonly MatchCondition[] {
  return [
    exempt('leases', resourceIs('coordination.k8s.io')),
    exempt('events', anyOf(resourceIs('', 'events'), resourceIs('events.k8s.io'))),
    exempt(
      'access-reviews',
      isOneOf('request.resource.group', ['authentication.k8s.io', 'authorization.k8s.io']),
    ),
    exempt('kubelet-certificates', isKubeletCertificateRequest()),
    exempt(
      'nodes',
      allOf(resourceIs('', 'nodes'), subresourceIs('', 'status'), isUnmarked(options)),
    ),
    exempt('node-work', isNodeWork(options)),
    exempt('platform-work', isPlatformWork(options)),
  ];
}

/** Only requests in one of these namespaces. A request for a Namespace object is in the namespace it names. */
export function onlyIn(name: string, namespaces: readonly string[]): MatchCondition {
  return { name, expression: isOneOf(NAMESPACE, namespaces) };
}

/** Only requests that are in none of these namespaces. */
export function onlyOutside(name: string, namespaces: readonly string[]): MatchCondition {
  return { name, expression: not(isOneOf(NAMESPACE, namespaces)) };
}

/** Opening a connection matters where a token or our own process can be had by it; a node's proxy reaches every pod. */
export function onlyConnectionsInto(namespaces: readonly string[]): MatchCondition {
  const expression = anyOf(isOneOf(NAMESPACE, namespaces), resourceIs('', 'nodes'));
  return { name: 'guarded-connections', expression };
}

/** A static pod's mirror: changing it would make the kubelet delete and create it for ever. */
export function exceptMirrorPods(): MatchCondition {
  return exempt('mirror-pods', isMirrorPod());
}

function exempt(name: string, piece: Cel): MatchCondition {
  return { name: `not-${name}`, expression: not(piece) };
}

function resourceIs(group: string, ...resources: readonly string[]): Cel {
  const isGroup = `request.resource.group == ${celText(group)}`;
  return resources.length === 0
    ? isGroup
    : allOf(isGroup, isOneOf('request.resource.resource', resources));
}

function subresourceIs(...names: readonly string[]): Cel {
  return isOneOf(SUBRESOURCE, names);
}

function operationIs(...operations: readonly string[]): Cel {
  return isOneOf('request.operation', operations);
}

// Other signers make client certificates with any name in them, a writer's too; those requests are for us to judge.
function isKubeletCertificateRequest(): Cel {
  return allOf(
    resourceIs('certificates.k8s.io', 'certificatesigningrequests'),
    hasKubeletSigner('object'),
    hasKubeletSigner('oldObject'),
  );
}

function hasKubeletSigner(state: CelState): Cel {
  const signer = `${state}.?spec.?signerName.orValue('')`;
  return anyOf(`${state} == null`, `${signer} in ${celTexts(KUBELET_SIGNERS)}`);
}

function isNodeWork(options: ExemptionOptions): Cel {
  return allOf(
    `request.userInfo.username.startsWith('system:node:')`,
    // The name alone may be a user someone called so; the API server's node authorizer asks for both, too.
    `'system:nodes' in request.userInfo.?groups.orValue([])`,
    anyOf(
      allOf(resourceIs('', 'nodes'), subresourceIs('', 'status')),
      allOf(resourceIs('', 'pods'), subresourceIs('status')),
      allOf(resourceIs('', 'pods'), subresourceIs(''), operationIs('DELETE')),
      isMirrorPod(),
      allOf(
        resourceIs('', 'serviceaccounts'),
        subresourceIs('token'),
        not(isWriterAccount(options)),
      ),
      resourceIs('storage.k8s.io', 'csinodes'),
      resourceIs('resource.k8s.io', 'resourceslices'),
      resourceIs('certificates.k8s.io', 'podcertificaterequests'),
      isStatusAlone(),
    ),
  );
}

function isMirrorPod(): Cel {
  return allOf(
    resourceIs('', 'pods'),
    operationIs('CREATE'),
    `'kubernetes.io/config.mirror' in ${metadataField('object', 'annotations')}`,
  );
}

function isPlatformWork(options: ExemptionOptions): Cel {
  return allOf(
    isPlatform(options),
    not(isGitopsControlPlane()),
    not(touchesWriterAccount(options)),
    anyOf(
      isStatusAlone(),
      allOf(resourceIs('', 'pods'), subresourceIs('binding')),
      // The controller manager makes the tokens that its controllers use.
      allOf(resourceIs('', 'serviceaccounts'), subresourceIs('token')),
      isWorkOnChild(options),
      isWorkOnUnmarked(options),
      isWorkOnEndpoints(options),
    ),
  );
}

function isPlatform({ platformUsernames, recoveryUsernames }: ExemptionOptions): Cel {
  const usernames = [...new Set([...platformUsernames, ...recoveryUsernames])].toSorted();
  const isAccount = (username: string) => parseServiceAccount(username) !== undefined;
  const username = 'request.userInfo.username';
  return anyOf(
    isOneOf(
      username,
      usernames.filter((name) => !isAccount(name)),
    ),
    allOf(
      // Stops `kubectl --as`: a service account that shows a token always has its uid, an impersonated one has none
      // unless it is forged as well.
      `request.userInfo.?uid.orValue('') != ''`,
      isOneOf(username, usernames.filter(isAccount)),
    ),
  );
}

// Applications, Kustomizations and sources tell the writer what to write: nobody's work on them is routine, not even
// the garbage collector's, which may change any object and so would be the one to impersonate.
function isGitopsControlPlane(): Cel {
  return anyOf(
    `request.resource.group == 'argoproj.io'`,
    `request.resource.group.endsWith(${celText(FLUX_KEY_PART.slice(0, -1))})`,
  );
}

/** A writer's token, whichever way it is made: asked for, kept in a Secret, or mounted into a pod. */
function touchesWriterAccount(options: ExemptionOptions): Cel {
  const accounts = writerAccounts(options);
  if (accounts.length === 0) return 'false';
  const names = (name: Cel): Cel => isOneOf(`(${NAMESPACE} + '/' + ${name})`, accounts);
  return anyOf(
    isWriterAccount(options),
    allOf(
      resourceIs('', 'secrets'),
      anyOf(secretNames('object', names), secretNames('oldObject', names)),
    ),
    allOf(
      resourceIs('', 'pods'),
      operationIs('CREATE'),
      subresourceIs(''),
      names("object.?spec.?serviceAccountName.orValue('default')"),
    ),
  );
}

function isWriterAccount(options: ExemptionOptions): Cel {
  return allOf(
    resourceIs('', 'serviceaccounts'),
    isOneOf(`(${NAMESPACE} + '/' + ${NAME})`, writerAccounts(options)),
  );
}

function writerAccounts({ writerUsernames }: ExemptionOptions): readonly string[] {
  return writerUsernames
    .map(parseServiceAccount)
    .filter((account) => account !== undefined)
    .map(({ namespace, name }) => `${namespace}/${name}`)
    .toSorted();
}

function secretNames(state: CelState, names: (name: Cel) => Cel): Cel {
  return names(`${state}.?metadata.?annotations[?${celText(TOKEN_SECRET_ANNOTATION)}].orValue('')`);
}

/** A status update that leaves labels, annotations, owners and finalizers as they were: built-in kinds let all but labels through. */
function isStatusAlone(): Cel {
  return allOf(
    operationIs('UPDATE'),
    anyOf(
      subresourceIs('status'),
      // A namespace that is going already; its deletion was judged.
      allOf(subresourceIs('finalize'), 'oldObject.?metadata.?deletionTimestamp.hasValue()'),
    ),
    isKept('labels'),
    isKept('ownerReferences'),
    isKept('finalizers'),
    annotationsAreKept('object', 'oldObject'),
    annotationsAreKept('oldObject', 'object'),
  );
}

function isKept(field: 'labels' | 'ownerReferences' | 'finalizers'): Cel {
  return `${metadataField('object', field)} == ${metadataField('oldObject', field)}`;
}

function annotationsAreKept(state: CelState, other: CelState): Cel {
  const valueIn = (of: CelState): Cel => `${of}.?metadata.?annotations[?k]`;
  const isFree = isOneOf('k', STATUS_ANNOTATIONS);
  return (
    `${metadataField(state, 'annotations')}` +
    `.all(k, ${isFree} || ${valueIn(state)} == ${valueIn(other)})`
  );
}

/** What a controller made belongs to the controller, copied marks or not (DESIGN 4). */
function isWorkOnChild({ gitopsNamespaces }: ExemptionOptions): Cel {
  return allOf(
    subresourceIs(''),
    `(request.operation == 'CREATE' ? ${isControlled('object')} : ${isControlled('oldObject')})`,
    not(deletesByProxy()),
    anyOf(
      not(isOneOf(NAMESPACE, gitopsNamespaces)),
      // The GitOps controllers' own pods come back without us; what they read and trust does not change without us.
      resourceIs('', 'pods'),
      resourceIs('apps', 'replicasets', 'controllerrevisions'),
    ),
  );
}

function isControlled(state: CelState): Cel {
  const owners = metadataField(state, 'ownerReferences');
  return `${owners}.exists(owner, owner.?controller.orValue(false) == true)`;
}

function isWorkOnUnmarked(options: ExemptionOptions): Cel {
  const strictNamespaces = [...options.gitopsNamespaces, ...options.gitopsOnlyNamespaces];
  return allOf(
    subresourceIs(''),
    not(isOneOf(NAMESPACE, [...new Set(strictNamespaces)])),
    not(deletesByProxy()),
    not(startsContainers()),
    isUnmarked(options),
  );
}

// Real controllers start containers as children only. Without an owner, it is someone in a controller's clothes who
// wants to get an image past the policies.
function startsContainers(): Cel {
  return allOf(
    operationIs('CREATE', 'UPDATE'),
    anyOf(
      resourceIs('', 'pods', 'podtemplates', 'replicationcontrollers'),
      isOneOf('request.resource.group', ['apps', 'batch']),
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

// Endpoints carry their Service's labels, so Flux's marks are on all of them; the controller's own label tells.
function isWorkOnEndpoints({ gitopsNamespaces }: ExemptionOptions): Cel {
  const maker = (state: CelState): Cel =>
    `${state}.?metadata.?labels[?${celText(ENDPOINTS_LABEL)}].orValue('')`;
  const isMadeByController = (state: CelState): Cel =>
    anyOf(`${state} == null`, `${maker(state)} == 'endpoint-controller'`);
  return allOf(
    resourceIs('', 'endpoints'),
    not(isOneOf(NAMESPACE, gitopsNamespaces)),
    isMadeByController('object'),
    isMadeByController('oldObject'),
  );
}

function isUnmarked({ instanceLabelKey }: ExemptionOptions): Cel {
  const isMark = anyOf(
    `k.startsWith(${celText(ARGOCD_KEY_PREFIX)})`,
    `k.contains(${celText(FLUX_KEY_PART)})`,
    ...(instanceLabelKey === undefined ? [] : [`k == ${celText(instanceLabelKey)}`]),
  );
  const carriesMark = (state: CelState, field: 'labels' | 'annotations'): Cel =>
    `${metadataField(state, field)}.exists(k, ${isMark})`;
  return not(
    anyOf(
      carriesMark('object', 'labels'),
      carriesMark('object', 'annotations'),
      carriesMark('oldObject', 'labels'),
      carriesMark('oldObject', 'annotations'),
    ),
  );
}
