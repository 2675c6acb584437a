/** Match conditions about the control plane: what its identities may do without us, and what not even they may. */
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
  resourceIs,
  subresourceIs,
} from './format-cel.ts';
import type { Cel, CelState } from './format-cel.ts';
import { isStatusAlone, isUnmarked } from './format-metadata-conditions.ts';
import { touchesWriterAccount } from './format-writer-account.ts';
import { parseServiceAccount } from './parse-service-account.ts';

const ENDPOINTS_LABEL = 'endpoints.kubernetes.io/managed-by';

/** Work of an exact control-plane identity on what Git does not declare. */
export function isPlatformWork(options: ExemptionOptions): Cel {
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
    `request.resource.group.endsWith(${celText('.fluxcd.io')})`,
  );
}

/** What a controller made belongs to the controller, whether or not it carries copied ownership marks. */
function isWorkOnChild({ gitopsNamespaces }: ExemptionOptions): Cel {
  return allOf(
    subresourceIs(''),
    `(request.operation == 'CREATE' ? ${isControlled('object')} : ${isControlled('oldObject')})`,
    not(deletesByProxy()),
    anyOf(
      not(namespaceIs(...gitopsNamespaces)),
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
    not(namespaceIs(...new Set(strictNamespaces))),
    not(deletesByProxy()),
    not(startsContainers()),
    isUnmarked(options),
  );
}

// Real controllers create pods with an owner reference. A pod without one comes from somebody who impersonates a
// controller to get an image past the policies.
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
    not(namespaceIs(...gitopsNamespaces)),
    isMadeByController('object'),
    isMadeByController('oldObject'),
  );
}
