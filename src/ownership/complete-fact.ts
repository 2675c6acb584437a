/**
 * What only the cluster can tell about an object. Each question is asked for few requests, and for none of those that
 * keep a cluster alive: a look-up for each pod that a controller makes would be an outage of its own.
 */
import type { MonotonicMs } from '../base/clock.ts';
import type { Known } from '../base/known.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { OwnershipClaim, OwnershipLookups, LookupUnavailable } from './cluster-ports.ts';
import { changesOwners } from './changes-owners.ts';
import { completePlatformFact } from './complete-platform-fact.ts';
import { isChild } from './find-mark.ts';
import { findRoot } from './find-root.ts';
import { findVolumeOwner } from './find-volume-owner.ts';
import type { ObjectFact } from './object-fact.ts';
import { describeRequestedObject, isNamespace, nameOf, namespaceOf } from './requested-object.ts';

export type DescribedObject = Known<ObjectFact> | LookupUnavailable;

export interface FactCompleterOptions {
  readonly lookups: OwnershipLookups;
  readonly pluralOf: (kind: string) => string;
  readonly exemptNamespaces: ReadonlySet<string>;
  /** Whether a stored object is managed. */
  readonly describe: (stored: KubernetesObject, reference: ObjectReference) => ObjectFact;
}

/** One request, with what is known of its object without asking. */
export interface CompletionRequest {
  readonly request: AdmissionRequest;
  readonly actor: ActorFact;
  readonly fact: ObjectFact;
  /** The object as it is stored: the request's own, or the one a subresource belongs to. */
  readonly stored: KubernetesObject | undefined;
  readonly deadlineAtMs: MonotonicMs;
}

/** Undefined where there is nothing to ask: nearly always. */
export type FactCompleter = (question: CompletionRequest) => Promise<DescribedObject> | undefined;

/** More than a message names; fewer than would cost the policies time. */
const DESTROYS_MAX = 10;

/** Asks at most one question per request; which one, its resource says. */
export function createFactCompleter(options: FactCompleterOptions): FactCompleter {
  const asker = new Asker(options);
  return (question) => {
    const { request, actor, fact } = question;
    // A proven writer may do all of this, and its writes must not wait.
    if (actor.class === 'gitops' && actor.proof.sufficient && !isClaimDeletion(request)) {
      return undefined;
    }
    if (isNamespace(request)) {
      return isDeletion(request) ? asker.askDestroyed(question) : undefined;
    }
    if (request.subResource === 'scale' && fact.managed) return asker.askScalers(question);
    // Argo CD marks no definition: whose it is must be asked, whoever writes it.
    if (actor.class === 'platform' && !isDefinition(request)) {
      return completePlatformFact(question, options);
    }
    if (isCore(request, 'persistentvolumeclaims')) return asker.askVolumeOwner(question);
    // Nodes work on children all day, and are judged by their rows.
    return actor.class === 'node' ? undefined : asker.askOwner(question);
  };
}

class Asker {
  readonly #options: FactCompleterOptions;

  constructor(options: FactCompleterOptions) {
    this.#options = options;
  }

  /** A Namespace takes everything in it along. */
  async askDestroyed({ request, fact, deadlineAtMs }: CompletionRequest): Promise<DescribedObject> {
    const { lookups, exemptNamespaces } = this.#options;
    const namespace = nameOf(request);
    if (exemptNamespaces.has(namespace)) return known(fact);
    const answer = await lookups.findManagedInNamespace(namespace, deadlineAtMs);
    if (answer.status === 'unavailable') return answer;
    return known({ ...fact, destroys: answer.objects.slice(0, DESTROYS_MAX) });
  }

  /** People are refused whether there is an autoscaler or not. */
  askScalers({ request, actor, fact, deadlineAtMs }: CompletionRequest) {
    const isAutoscaler = actor.class === 'platform' || actor.class === 'operator';
    if (request.operation !== 'UPDATE' || fact.parent === undefined || !isAutoscaler) {
      return undefined;
    }
    return this.#findScalers(fact, fact.parent, deadlineAtMs);
  }

  async #findScalers(
    fact: ObjectFact,
    target: ObjectReference,
    deadlineAtMs: MonotonicMs,
  ): Promise<DescribedObject> {
    const answer = await this.#options.lookups.findScalers(target, deadlineAtMs);
    const scalers =
      answer.status === 'found'
        ? ({ status: 'known', value: answer.scalers } as const)
        : ({ status: 'unavailable', reason: answer.reason } as const);
    return known({ ...fact, scalers });
  }

  askVolumeOwner(question: CompletionRequest): Promise<DescribedObject> | undefined {
    const { request } = question;
    return isClaimDeletion(request) || changesOwners(request)
      ? this.#findVolumeOwner(question)
      : undefined;
  }

  async #findVolumeOwner({
    request,
    fact,
    deadlineAtMs,
  }: CompletionRequest): Promise<DescribedObject> {
    const { lookups, describe } = this.#options;
    const volumeOwner = await findVolumeOwner(nameOf(request), {
      namespace: namespaceOf(request),
      lookupObject: (reference) => lookups.lookupObject(reference, deadlineAtMs),
      describe,
    });
    return known({ ...fact, volumeOwner });
  }

  askOwner(question: CompletionRequest): Promise<DescribedObject> | undefined {
    const { request, fact, stored } = question;
    if (request.operation === 'CREATE' || request.operation === 'CONNECT') return undefined;
    if (fact.managed) {
      return fact.confirmed === false && fact.tool === 'flux' ? this.#confirm(question) : undefined;
    }
    if (isDefinition(request)) return this.#findClaim(question);
    if (stored === undefined || !isChild(stored)) return undefined;
    if (!isGuardedChild(request, question.actor, stored)) return undefined;
    return this.#findRoot(question, stored);
  }

  async #findRoot(
    { request, fact, deadlineAtMs }: CompletionRequest,
    stored: KubernetesObject,
  ): Promise<DescribedObject> {
    const { lookups, pluralOf, describe } = this.#options;
    const root = await findRoot(stored, {
      namespace: namespaceOf(request),
      lookupObject: (reference) => lookups.lookupMetadata(reference, deadlineAtMs),
      pluralOf,
      describe,
    });
    return known({ ...fact, root });
  }

  /** Argo CD marks no CustomResourceDefinition; the Application that applied one lists it. */
  async #findClaim({ request, fact, deadlineAtMs }: CompletionRequest): Promise<DescribedObject> {
    const reference = describeRequestedObject(request);
    const answer = await this.#options.lookups.findClaims(reference, deadlineAtMs);
    if (answer.status === 'unavailable') return answer;
    const [claim] = answer.claims;
    return known(claim === undefined ? fact : describeClaimed(claim));
  }

  async #confirm({ request, fact, deadlineAtMs }: CompletionRequest): Promise<DescribedObject> {
    const reference = describeRequestedObject(request);
    const answer = await this.#options.lookups.findClaims(reference, deadlineAtMs);
    const confirmed =
      answer.status === 'found' &&
      answer.claims.some(({ tool, app }) => tool === fact.tool && app === fact.app);
    return known({ ...fact, confirmed });
  }
}

function known(value: ObjectFact): DescribedObject {
  return { status: 'known', value };
}

function describeClaimed({ tool, kind, namespace, app }: OwnershipClaim): ObjectFact {
  return {
    managed: true,
    wasManaged: true,
    tool,
    app,
    appNamespace: namespace,
    mark: `inventory of ${kind}`,
    self: true,
    confirmed: true,
    scope: 'managed',
  };
}

function isDeletion({ operation, subResource = '' }: AdmissionRequest): boolean {
  return operation === 'DELETE' && subResource === '';
}

function isClaimDeletion(request: AdmissionRequest): boolean {
  return isDeletion(request) && isCore(request, 'persistentvolumeclaims');
}

function isCore({ resource: { group, resource } }: AdmissionRequest, name: string): boolean {
  return group === '' && resource === name;
}

function isDefinition({ resource: { group, resource } }: AdmissionRequest): boolean {
  return group === 'apiextensions.k8s.io' && resource === 'customresourcedefinitions';
}

/** What is judged by the object it was made for. Anyone may delete a pod: its controller makes another. */
function isGuardedChild(
  { operation, resource, subResource }: AdmissionRequest,
  actor: ActorFact,
  stored: KubernetesObject,
): boolean {
  if (subResource === 'status') return false;
  const name = `${resource.resource}.${resource.group}`;
  // Nobody but the control plane has business with its own ReplicaSets; a Rollout's are its own controller's.
  if (name === 'controllerrevisions.apps' || name === 'replicasets.apps') {
    return isPerson(actor) || isMadeByApps(stored);
  }
  // Pods and Jobs are annotated, labelled and suspended by service accounts of many kinds.
  if (!isPerson(actor)) return false;
  return name === 'jobs.batch' || (name === 'pods.' && operation === 'UPDATE');
}

function isMadeByApps({ metadata }: KubernetesObject): boolean {
  return (
    metadata?.ownerReferences?.some(
      ({ controller, apiVersion }) => controller === true && apiVersion.startsWith('apps/'),
    ) === true
  );
}

/** Also whoever only says that it is a service account. */
function isPerson({ username, proof }: ActorFact): boolean {
  return !username.startsWith('system:serviceaccount:') || proof.grade === 'impersonated';
}
