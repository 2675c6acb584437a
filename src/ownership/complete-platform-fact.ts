/**
 * What is asked of the cluster before a control-plane identity is believed: its name alone proves nothing.
 *
 * Each question is asked only where a row of `policies/lib/platform_rows.rego` depends on the answer, and never of the
 * routine that keeps a cluster alive: leases, events and status are no part of it.
 */
import type { MonotonicMs } from '../base/clock.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { OwnershipLookups } from './cluster-ports.ts';
import { changesOwners } from './changes-owners.ts';
import { isChild } from './find-mark.ts';
import { findBoundClaim } from './find-bound-claim.ts';
import { findForeignAddresses, writesEndpoints } from './find-foreign-addresses.ts';
import { findOwnerStates } from './find-owner-states.ts';
import { findRoot } from './find-root.ts';
import { findServices, servicesOf } from './find-services.ts';
import { findTemplate } from './find-template.ts';
import { findVolumeOwner } from './find-volume-owner.ts';
import type { ObjectFact } from './object-fact.ts';
import { controllerOf, parseApiVersion } from './owner-references.ts';
import { nameOf, namespaceOf } from './requested-object.ts';

export interface PlatformQuestionOptions {
  /** Where the GitOps controllers and Holdfast are installed: everything there is guarded, managed or not. */
  readonly installationNamespaces?: readonly string[] | undefined;
  readonly lookups: OwnershipLookups;
  readonly pluralOf: (kind: string) => string;
  /** Whether a stored object is managed. */
  readonly describe: (stored: KubernetesObject, reference: ObjectReference) => ObjectFact;
}

export interface PlatformQuestion {
  readonly request: AdmissionRequest;
  readonly actor: ActorFact;
  readonly fact: ObjectFact;
  /** The object as it is stored: the request's own, or the one a subresource belongs to. */
  readonly stored: KubernetesObject | undefined;
  readonly deadlineAtMs: MonotonicMs;
}

type Part = Promise<Partial<ObjectFact>>;
interface CompletedFact {
  readonly status: 'known';
  readonly value: ObjectFact;
}

/** Every controller at once, where they have no accounts of their own. */
const SHARED_NAME = 'kube-controller-manager';

/** Undefined where there is nothing to ask: nearly always. */
export function completePlatformFact(
  question: PlatformQuestion,
  options: PlatformQuestionOptions,
): Promise<CompletedFact> | undefined {
  const parts = partsOf(question, new Asker(question, options));
  if (parts.length === 0) return undefined;
  return complete(question.fact, parts);
}

async function complete(fact: ObjectFact, parts: readonly Part[]): Promise<CompletedFact> {
  const answers = await Promise.all(parts);
  const entries = answers.flatMap((answer) => Object.entries(answer));
  return { status: 'known', value: { ...fact, ...Object.fromEntries(entries) } };
}

function partsOf(question: PlatformQuestion, asker: Asker): readonly Part[] {
  const { request, actor } = question;
  if ((request.subResource ?? '') !== '') return asker.askPart();
  if (request.operation === 'CREATE') return asker.askMade();
  if (request.operation === 'DELETE') return asker.askDeletion(isNamed(actor));
  return request.operation === 'UPDATE' ? asker.askUpdate(isNamed(actor)) : [];
}

type NameTest = (...names: readonly string[]) => boolean;

function isNamed({ name = '' }: ActorFact): NameTest {
  return (...names) => name === SHARED_NAME || names.includes(name);
}

class Asker {
  readonly #question: PlatformQuestion;
  readonly #options: PlatformQuestionOptions;

  constructor(question: PlatformQuestion, options: PlatformQuestionOptions) {
    this.#question = question;
    this.#options = options;
  }

  askMade(): readonly Part[] {
    const { request } = this.#question;
    const made = request.object ?? undefined;
    if (made !== undefined && isChild(made) && TEMPLATED.has(resourceName(request))) {
      return [this.#findTemplate(made)];
    }
    return this.#askServices();
  }

  /** The status and the scale of a child are its controller's, too, and its node is the scheduler's choice. */
  askPart(): readonly Part[] {
    const { request, stored } = this.#question;
    const isAsked = ['binding', 'scale', 'status'].includes(request.subResource ?? '');
    return isAsked && stored !== undefined && isJudgedChild(request, stored)
      ? [this.#findRoot(stored)]
      : [];
  }

  #askServices(): readonly Part[] {
    const { request, fact } = this.#question;
    const services = fact.managed ? [] : servicesOf(request);
    return [
      ...(services.length > 0 ? [this.#findServices(services)] : []),
      ...(writesEndpoints(request) && this.#isInstallation() ? [this.#findForeign()] : []),
    ];
  }

  #isInstallation(): boolean {
    const { installationNamespaces } = this.#options;
    return installationNamespaces?.includes(namespaceOf(this.#question.request)) === true;
  }

  async #findForeign(): Part {
    const { lookupFresh } = this.#options.lookups;
    const { request, deadlineAtMs } = this.#question;
    const foreignAddresses = await findForeignAddresses(request, (reference) =>
      lookupFresh(reference, deadlineAtMs),
    );
    return { foreignAddresses };
  }

  async #findServices(names: readonly string[]): Part {
    const { lookups, describe } = this.#options;
    const { request, deadlineAtMs } = this.#question;
    const services = await findServices(names, {
      namespace: namespaceOf(request),
      lookupObject: (reference) => lookups.lookupMetadata(reference, deadlineAtMs),
      describe,
    });
    return { services };
  }

  askDeletion(isNamedOneOf: NameTest): readonly Part[] {
    const { request } = this.#question;
    const stored = request.oldObject ?? undefined;
    // What is being deleted already was judged then.
    if (stored === undefined || (stored.metadata?.deletionTimestamp ?? null) !== null) return [];
    const isGuarded = this.#isGuarded(stored);
    return [
      ...(isGuarded && isNamedOneOf('namespace-controller') ? [this.#findTerminating()] : []),
      ...(isGuarded && isNamedOneOf('generic-garbage-collector') ? [this.#findOwners(stored)] : []),
      ...(isVolume(request) && isNamedOneOf('persistent-volume-binder')
        ? [this.#findClaim(stored)]
        : []),
      ...(isClaim(request) ? [this.#findVolumeOwner()] : []),
      ...(isJudgedChild(request, stored) ? [this.#findRoot(stored)] : []),
      ...this.#askServices(),
    ];
  }

  askUpdate(isNamedOneOf: NameTest): readonly Part[] {
    const { request, fact } = this.#question;
    const stored = request.oldObject ?? undefined;
    if (stored === undefined) return [];
    const isReowned = changesOwners(request);
    return [
      ...(isReowned && isClaim(request) ? [this.#findVolumeOwner()] : []),
      ...(isReowned && this.#isGuarded(stored) && isNamedOneOf('generic-garbage-collector')
        ? [this.#findOwners(stored)]
        : []),
      ...(fact.managed && isVolume(request) && isNamedOneOf('persistent-volume-binder')
        ? [this.#findClaim(stored)]
        : []),
      ...(isJudgedChild(request, stored) ? [this.#findRoot(stored)] : []),
      ...this.#askServices(),
    ];
  }

  /** What some policy refuses to anybody: all else may be deleted by everybody, too. */
  #isGuarded(stored: KubernetesObject): boolean {
    const { request, fact } = this.#question;
    return (
      fact.managed ||
      isSteering(request) ||
      isClaim(request) ||
      isVolume(request) ||
      isJudgedChild(request, stored) ||
      servicesOf(request).length > 0 ||
      this.#isInstallation()
    );
  }

  /** The namespace controller deletes in namespaces that are going. Whoever only wears its name would anywhere. */
  async #findTerminating(): Part {
    const name = namespaceOf(this.#question.request);
    if (name === '') return {};
    const { lookups } = this.#options;
    const reference = { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', name };
    const { deadlineAtMs } = this.#question;
    const recent = await lookups.lookupMetadata(reference, deadlineAtMs);
    if (isTerminating(recent)) return { namespaceTerminating: true };
    // It may have been deleted a moment ago, and is being emptied already.
    const now = await lookups.lookupFresh(reference, deadlineAtMs);
    // The namespace controller comes back; whoever is let through without an answer may not be it.
    if (now.status === 'unavailable') return {};
    return { namespaceTerminating: now.status === 'absent' || isTerminating(now) };
  }

  async #findOwners(stored: KubernetesObject): Part {
    const { lookups, pluralOf } = this.#options;
    const { request, deadlineAtMs } = this.#question;
    const owners = await findOwnerStates(stored, {
      namespace: namespaceOf(request),
      lookupFresh: (reference) => lookups.lookupFresh(reference, deadlineAtMs),
      pluralOf,
    });
    return { owners };
  }

  async #findClaim(stored: KubernetesObject): Part {
    const { lookupFresh } = this.#options.lookups;
    const { deadlineAtMs } = this.#question;
    const claim = await findBoundClaim(stored, (reference) => lookupFresh(reference, deadlineAtMs));
    return { claim };
  }

  async #findVolumeOwner(): Part {
    const { lookups, describe } = this.#options;
    const { request, deadlineAtMs } = this.#question;
    const volumeOwner = await findVolumeOwner(nameOf(request), {
      namespace: namespaceOf(request),
      lookupObject: (reference) => lookups.lookupObject(reference, deadlineAtMs),
      describe,
    });
    return { volumeOwner };
  }

  async #findRoot(child: KubernetesObject): Part {
    const { lookups, pluralOf, describe } = this.#options;
    const { request, deadlineAtMs } = this.#question;
    const root = await findRoot(child, {
      namespace: namespaceOf(request),
      lookupObject: (reference) => lookups.lookupMetadata(reference, deadlineAtMs),
      pluralOf,
      describe,
    });
    return { root };
  }

  /** The managed object above is looked for only where the child is not just what its owner declares. */
  async #findTemplate(made: KubernetesObject): Part {
    const { lookups, pluralOf } = this.#options;
    const { request, actor, deadlineAtMs } = this.#question;
    const template = await findTemplate(made, {
      namespace: namespaceOf(request),
      lookupObject: (reference) => lookups.lookupObject(reference, deadlineAtMs),
      lookupFresh: (reference) => lookups.lookupFresh(reference, deadlineAtMs),
      pluralOf,
    });
    const isAsDeclared =
      template.status === 'known' &&
      template.value?.isOwned === true &&
      template.value.differences.length + template.value.additions.length === 0;
    if (isAsDeclared && makesTemplated(actor, made)) return { template };
    return { template, ...(await this.#findRoot(made)) };
  }
}

/** The controllers that make each kind, by the kind of its owner. */
const MAKERS: Readonly<Record<string, string>> = {
  CronJob: 'cronjob-controller',
  DaemonSet: 'daemon-set-controller',
  Deployment: 'deployment-controller',
  Job: 'job-controller',
  ReplicaSet: 'replicaset-controller',
  ReplicationController: 'replication-controller',
  StatefulSet: 'statefulset-controller',
};

function makesTemplated({ name }: ActorFact, { metadata }: KubernetesObject): boolean {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  return owner !== undefined && Object.hasOwn(MAKERS, owner.kind) && MAKERS[owner.kind] === name;
}

const TEMPLATED = new Set(['controllerrevisions.apps', 'jobs.batch', 'pods.', 'replicasets.apps']);
/** Anybody may delete these where a controller made them: it makes others. */
const DELETABLE = new Set(['jobs.batch', 'pods.']);

/** What a controller made and only its controller may touch, where Git declares what it was made for. */
function isJudgedChild(request: AdmissionRequest, stored: KubernetesObject): boolean {
  const name = resourceName(request);
  if (!TEMPLATED.has(name)) return false;
  if (request.operation === 'DELETE' && DELETABLE.has(name)) return false;
  const controller = controllerOf(stored);
  return (
    controller !== undefined && BUILT_IN_GROUPS.has(parseApiVersion(controller.apiVersion).group)
  );
}

/** Of other kinds, a Rollout's say, the control plane makes nothing, and we may not be allowed to read them. */
const BUILT_IN_GROUPS: ReadonlySet<string> = new Set(['', 'apps', 'batch']);

function resourceName({ resource: { resource, group } }: AdmissionRequest): string {
  return `${resource}.${group}`;
}

/** Applications, Kustomizations and sources carry no mark where people made them, and are guarded all the same. */
function isSteering({ resource: { group } }: AdmissionRequest): boolean {
  return group === 'argoproj.io' || group.endsWith('.fluxcd.io');
}

function isClaim({ resource: { group, resource } }: AdmissionRequest): boolean {
  return group === '' && resource === 'persistentvolumeclaims';
}

function isVolume({ resource: { group, resource } }: AdmissionRequest): boolean {
  return group === '' && resource === 'persistentvolumes';
}

function isTerminating(answer: {
  readonly status: string;
  readonly object?: KubernetesObject;
}): boolean {
  return (answer.object?.metadata?.deletionTimestamp ?? null) !== null;
}
