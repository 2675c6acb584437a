/**
 * Exempts requests, which the API server then does not send to the webhook. While we are down, only these work under
 * failure policy Fail, so they keep a cluster alive. While we run, they are a gap unless they cover only requests that
 * we would allow.
 *
 * So the rule for every exemption is: whoever can forge the caller (anyone with `impersonate`) must gain nothing by it.
 * That is why the control plane's identities are exempt only on objects that no GitOps tool marks, and on status that
 * leaves the metadata alone. Their work on children goes to a webhook that fails open.
 */
import type { ExemptionOptions } from './exemption-options.ts';
import {
  allOf,
  anyOf,
  celTexts,
  isOneOf,
  metadataField,
  namespaceIs,
  not,
  operationIs,
  resourceIs,
  subresourceIs,
} from './format-cel.ts';
import type { Cel, CelState } from './format-cel.ts';
import { isGuardedWork, type GuardedWorkOptions } from './format-guarded-work.ts';
import { isStatusAlone, isUnmarked } from './format-metadata-conditions.ts';
import { isPlatformWork, isPlatformWorkOnChildren } from './format-platform-work.ts';
import { isWriterAccount } from './format-writer-account.ts';

/** One entry of a webhook's `matchConditions`: the webhook is called if all of them hold. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

const KUBELET_SIGNERS = [
  'kubernetes.io/kube-apiserver-client-kubelet',
  'kubernetes.io/kubelet-serving',
];
/** The conditions that keep a cluster alive, shared by every webhook that matches all kinds. */
export function formatExemptions(options: ExemptionOptions): readonly MatchCondition[] {
  return [
    ...exemptNamespaces(options),
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
    exempt('platform-children', isPlatformWorkOnChildren(options)),
  ];
}

/** What `not-platform-children` keeps from the other webhooks, and routine that is none where the controllers are installed. */
export function onlyPlatformChildren(options: GuardedWorkOptions): readonly MatchCondition[] {
  return [
    ...exemptNamespaces(options),
    {
      name: 'platform-children',
      expression: anyOf(isPlatformWorkOnChildren(options), isGuardedWork(options)),
    },
  ];
}

// Deleting an exempt namespace is judged like any other deletion: it may contain managed objects.
function exemptNamespaces({
  exemptNamespaces: names,
}: ExemptionOptions): readonly MatchCondition[] {
  if (names.length === 0) return [];
  const isMember = allOf(namespaceIs(...names), not(resourceIs('', 'namespaces')));
  return [exempt('exempt-namespaces', isMember)];
}

/** Only requests in one of these namespaces. A request for a Namespace object is in the namespace it names. */
export function onlyIn(name: string, namespaces: readonly string[]): MatchCondition {
  return { name, expression: namespaceIs(...namespaces) };
}

/** Only requests outside these namespaces. */
export function onlyOutside(name: string, namespaces: readonly string[]): MatchCondition {
  return { name, expression: not(namespaceIs(...namespaces)) };
}

/** Connections matter if they give access to a token or our own process; a node's proxy reaches every pod. */
export function onlyConnectionsInto(namespaces: readonly string[]): MatchCondition {
  const expression = anyOf(namespaceIs(...namespaces), resourceIs('', 'nodes'));
  return { name: 'guarded-connections', expression };
}

/** A static pod's mirror pod: a patch would make the kubelet delete and create it for ever. */
export function exceptMirrorPods(): MatchCondition {
  return exempt('mirror-pods', isMirrorPod());
}

function exempt(name: string, piece: Cel): MatchCondition {
  return { name: `not-${name}`, expression: not(piece) };
}

// Other signers issue client certificates with any name, including a writer's; those requests are judged.
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
    // The name alone may belong to an ordinary user; the API server's node authorizer requires both, too.
    `'system:nodes' in request.userInfo.?groups.orValue([])`,
    anyOf(
      allOf(resourceIs('', 'nodes'), subresourceIs('', 'status')),
      allOf(resourceIs('', 'pods'), subresourceIs(''), operationIs('DELETE')),
      // A Service takes every pod that has its labels, the repository server's too: there no static pod is routine.
      allOf(isMirrorPod(), not(namespaceIs(...options.gitopsNamespaces))),
      allOf(
        resourceIs('', 'serviceaccounts'),
        subresourceIs('token'),
        not(isWriterAccount(options)),
      ),
      allOf(
        anyOf(
          resourceIs('storage.k8s.io', 'csinodes'),
          resourceIs('resource.k8s.io', 'resourceslices'),
          resourceIs('certificates.k8s.io', 'podcertificaterequests'),
        ),
        isUnmarked(options),
      ),
      // The kubelet reports on its pods, and resizes their volumes.
      allOf(resourceIs('', 'pods', 'persistentvolumeclaims'), isStatusAlone()),
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
