/**
 * What only the cluster can tell about an object. Each question is asked for few requests, and for none of those that
 * keep a cluster alive: a look-up for each pod that a controller makes would be an outage of its own.
 */
import { z } from 'zod';
import type { MonotonicMs } from '../base/clock.ts';
import type { Known, Unavailable } from '../base/known.ts';
import type { ErrorCode } from '../errors.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ClaimedScope } from '../kubernetes/lookup/lookup.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { OwnershipLookups } from './cluster-ports.ts';
import { completeMarkFact, describeDestroyed } from './complete-mark-fact.ts';
import { completePlatformFact } from './complete-platform-fact.ts';
import { describeClaimed, describeClaims } from './describe-claims.ts';
import { changesLabels, findDeclaredLabels } from './find-declared-labels.ts';
import { findFamily, planFamilyQuestion, type Family, type FamilyQuestion } from './find-family.ts';
import type { Applied } from './find-mark.ts';
import { findSchedulerName } from './find-scheduler-name.ts';
import { findServices, servicesOf } from './find-services.ts';
import { asksForToken, findTokenPod } from './find-token-pod.ts';
import { findClaimOwner, findVolumeOwner } from './find-volume-owner.ts';
import type { ObjectFact } from './object-fact.ts';
import { describeRequestedObject, isNamespace, nameOf, namespaceOf } from './requested-object.ts';
import { claimOf, endangersVolume } from './volume-changes.ts';

export type DescribedObject = Known<ObjectFact> | Unavailable<ErrorCode>;

export interface FactCompleterOptions {
  readonly lookups: OwnershipLookups;
  readonly pluralOf: (kind: string) => string;
  readonly exemptNamespaces: ReadonlySet<string>;
  /** Where the GitOps controllers and Holdfast are installed. @default none */
  readonly installationNamespaces?: readonly string[] | undefined;
  /** Whether a stored object is managed, by what it carries. */
  readonly describe: (stored: KubernetesObject, reference: ObjectReference) => ObjectFact;
  /** Which GitOps controller its managedFields name, where it carries no mark. */
  readonly findApplier: (stored: KubernetesObject) => Applied | undefined;
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

/** Asks at most one question per request, which one its resource says; before it, whose an unmarked object is. */
export function createFactCompleter(options: FactCompleterOptions): FactCompleter {
  const asker = new Asker(options);
  const ask: FactCompleter = (question) => {
    const { request, actor, fact } = question;
    if (actor.class === 'node' && asksForToken(request)) return asker.askTokenPod(question);
    if (isNamespace(request)) {
      return isDeletion(request) ? asker.askDestroyed(question) : undefined;
    }
    if (request.subResource === 'scale' && fact.managed) return asker.askScalers(question);
    // Argo CD marks no definition: whose it is must be asked, whoever writes it.
    if (actor.class === 'platform' && !isDefinition(request)) {
      return completePlatformFact(question, options);
    }
    if (isClaim(request) || isVolume(request)) return asker.askVolumeOwner(question);
    // Nodes work on pods all day, and are judged by their rows; none of them chooses where a pod runs.
    const isKubeletWork = actor.class === 'node' && isPod(request);
    return isKubeletWork && request.subResource !== 'binding'
      ? undefined
      : asker.askOwner(question);
  };
  const complete: FactCompleter = (question) => {
    const { request, actor, fact, stored } = question;
    // A proven writer may do all of this, and its writes must not wait.
    if (actor.class === 'gitops' && actor.proof.sufficient && !isVolumeDeletion(request)) {
      return undefined;
    }
    // Argo CD makes an application's namespace on the side (CreateNamespace): no repository declares it.
    const isDoubtful = carriesNoMark(fact) && stored !== undefined && !isNamespace(request);
    const applier = isDoubtful ? options.findApplier(stored) : undefined;
    if (applier === undefined) return ask(question);
    return asker.confirmApplier(question, applier).then((confirmed) => {
      const answer = ask({ ...question, fact: confirmed });
      return answer ?? known(confirmed);
    });
  };
  return (question) => {
    const completed = complete(question);
    const mark = completeMarkFact(question, options.lookups);
    return mark === undefined ? completed : join(completed ?? known(question.fact), mark);
  };
}

async function join(
  completed: DescribedObject | Promise<DescribedObject>,
  mark: Promise<Partial<ObjectFact>>,
): Promise<DescribedObject> {
  const [answer, part] = await Promise.all([completed, mark]);
  return answer.status === 'known' ? known({ ...answer.value, ...part }) : answer;
}

function isPod({ resource }: AdmissionRequest): boolean {
  return resource.group === '' && resource.resource === 'pods';
}

/** In a namespace that changes only through Git everything is managed, and may have lost its mark all the same. */
function carriesNoMark({ managed, scope }: ObjectFact): boolean {
  return !managed || scope === 'gitops-only';
}

class Asker {
  readonly #options: FactCompleterOptions;

  constructor(options: FactCompleterOptions) {
    this.#options = options;
  }

  /** Whose an object without a mark is that a GitOps controller says it has applied. */
  async confirmApplier(
    { request, fact, deadlineAtMs }: CompletionRequest,
    applier: Applied,
  ): Promise<ObjectFact> {
    const reference = describeRequestedObject(request);
    const answer = await this.#options.lookups.findClaims(reference, deadlineAtMs);
    const confirmed = describeClaims(answer, { reference, fact, applier });
    return fact.parent === undefined ? confirmed : { ...confirmed, parent: fact.parent };
  }

  /** Whether a stored object is managed: by what it carries, or by an inventory that lists it. */
  #describer(deadlineAtMs: MonotonicMs) {
    const { describe, findApplier, lookups } = this.#options;
    return async (stored: KubernetesObject, reference: ObjectReference) => {
      const fact = describe(stored, reference);
      const applier = carriesNoMark(fact) ? findApplier(stored) : undefined;
      if (applier === undefined) return fact;
      const answer = await lookups.findClaims(reference, deadlineAtMs);
      return describeClaims(answer, { reference, fact, applier });
    };
  }

  /** The pod that a node asks a token for. */
  async askTokenPod({ request, fact, deadlineAtMs }: CompletionRequest): Promise<DescribedObject> {
    const { lookupFresh } = this.#options.lookups;
    const tokenPod = await findTokenPod(request, (reference) =>
      lookupFresh(reference, deadlineAtMs),
    );
    return known({ ...fact, tokenPod });
  }

  /** A Namespace takes everything in it along. */
  async askDestroyed({ request, fact, deadlineAtMs }: CompletionRequest): Promise<DescribedObject> {
    const { lookups, exemptNamespaces } = this.#options;
    const namespace = nameOf(request);
    if (exemptNamespaces.has(namespace)) return known(fact);
    const answer = await lookups.findManagedInNamespace(namespace, deadlineAtMs);
    if (answer.status === 'unavailable') return answer;
    const destroys = await describeDestroyed(answer.objects, deadlineAtMs, lookups);
    if (destroys.some(({ leftBehind }) => leftBehind === undefined)) {
      return known({ ...fact, destroys: destroys.slice(0, DESTROYS_MAX) });
    }
    // Secrets and custom resources are not searched, but listed by whoever applied them.
    const claimed = await lookups.findClaimed({ namespace }, deadlineAtMs);
    if (claimed.status === 'unavailable') return claimed;
    return known({ ...fact, destroys: [...claimed.objects, ...destroys].slice(0, DESTROYS_MAX) });
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
    const { request, actor } = question;
    // Nodes report on claims, and resize them; their rows say how far.
    const isAsked =
      isVolumeDeletion(request) || (actor.class !== 'node' && endangersVolume(request));
    return isAsked ? this.#findVolumeOwner(question) : undefined;
  }

  async #findVolumeOwner({
    request,
    fact,
    deadlineAtMs,
  }: CompletionRequest): Promise<DescribedObject> {
    const { lookups } = this.#options;
    const search = {
      lookupObject: (reference: ObjectReference) => lookups.lookupObject(reference, deadlineAtMs),
      lookupMetadata: (reference: ObjectReference) =>
        lookups.lookupMetadata(reference, deadlineAtMs),
      describe: this.#describer(deadlineAtMs),
    };
    if (isClaim(request)) {
      const namespace = namespaceOf(request);
      return known({
        ...fact,
        volumeOwner: await findVolumeOwner(nameOf(request), { ...search, namespace }),
      });
    }
    const claim = request.oldObject ? claimOf(request.oldObject) : undefined;
    const volumeOwner =
      claim === undefined
        ? ({ status: 'known', value: null } as const)
        : await findClaimOwner(claim, search);
    return known({ ...fact, volumeOwner });
  }

  askOwner(question: CompletionRequest): Promise<DescribedObject> | undefined {
    const { request, actor, fact, stored } = question;
    if (request.operation === 'CONNECT') return undefined;
    if (fact.managed) {
      const isDoubted = fact.confirmed === false && fact.tool === 'flux';
      return isDoubted && request.operation !== 'CREATE' ? this.#confirm(question) : undefined;
    }
    if (isDefinition(request)) {
      return request.operation === 'CREATE' ? undefined : this.#findClaim(question);
    }
    const services = servicesOf(request);
    if (services.length > 0) return this.#findServices(question, services);
    const family = planFamilyQuestion(request, actor, stored);
    return family && this.#findFamily(question, family);
  }

  /** The Services that a slice answers for. */
  async #findServices(
    { request, fact, deadlineAtMs }: CompletionRequest,
    names: readonly string[],
  ): Promise<DescribedObject> {
    const services = await findServices(names, {
      namespace: namespaceOf(request),
      lookupObject: (reference) => this.#options.lookups.lookupMetadata(reference, deadlineAtMs),
      describe: this.#describer(deadlineAtMs),
    });
    return known({ ...fact, services });
  }

  async #findFamily(question: CompletionRequest, asked: FamilyQuestion): Promise<DescribedObject> {
    const { request, actor, fact, deadlineAtMs } = question;
    const { lookups, pluralOf } = this.#options;
    const namespace = namespaceOf(request);
    const family = await findFamily(asked, {
      namespace,
      lookupObject: (reference) => lookups.lookupMetadata(reference, deadlineAtMs),
      findSelecting: (labels) => lookups.findSelecting(namespace, labels, deadlineAtMs),
      pluralOf,
      describe: this.#describer(deadlineAtMs),
    });
    const lookupObject = (reference: ObjectReference) =>
      lookups.lookupObject(reference, deadlineAtMs);
    const isBoundByAccount = request.subResource === 'binding' && isManagedFamily(family);
    const scheduler =
      isBoundByAccount && actor.proof.grade === 'pod-bound'
        ? { schedulerName: await findSchedulerName(describeRequestedObject(request), lookupObject) }
        : {};
    return known({
      ...fact,
      ...family,
      ...scheduler,
      ...(await this.#findLabels(question, family)),
    });
  }

  async #findLabels(
    { request, deadlineAtMs }: CompletionRequest,
    { root }: Family,
  ): Promise<Partial<Family>> {
    if (root?.status !== 'known' || root.value === null || !request.oldObject) return {};
    if (!changesLabels(request)) return {};
    const { lookups, pluralOf } = this.#options;
    const declaredLabels = await findDeclaredLabels(request.oldObject, {
      namespace: namespaceOf(request),
      lookupObject: (reference) => lookups.lookupObject(reference, deadlineAtMs),
      pluralOf,
    });
    return declaredLabels === undefined
      ? {}
      : { root: { status: 'known', value: { ...root.value, declaredLabels } } };
  }

  /** Argo CD marks no CustomResourceDefinition; the Application that applied one lists it. */
  async #findClaim({ request, fact, deadlineAtMs }: CompletionRequest): Promise<DescribedObject> {
    const reference = describeRequestedObject(request);
    const answer = await this.#options.lookups.findClaims(reference, deadlineAtMs);
    if (answer.status === 'unavailable') return answer;
    const [claim] = answer.claims;
    if (claim !== undefined) return known(describeClaimed(claim));
    const scope = isDeletion(request) ? definedBy(request) : undefined;
    if (scope === undefined) return known(fact);
    // With a definition that nobody declared go the objects that somebody did.
    const claimed = await this.#options.lookups.findClaimed(scope, deadlineAtMs);
    if (claimed.status === 'unavailable') return claimed;
    if (claimed.objects.length === 0) return known(fact);
    return known({ ...fact, destroys: claimed.objects.slice(0, DESTROYS_MAX) });
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

function isManagedFamily({ root }: Family): boolean {
  return root?.status === 'known' && root.value !== null;
}

function known(value: ObjectFact): DescribedObject {
  return { status: 'known', value };
}

function isDeletion({ operation, subResource = '' }: AdmissionRequest): boolean {
  return operation === 'DELETE' && subResource === '';
}

function isVolumeDeletion(request: AdmissionRequest): boolean {
  return isDeletion(request) && (isClaim(request) || isVolume(request));
}

function isClaim(request: AdmissionRequest): boolean {
  return isCore(request, 'persistentvolumeclaims');
}

function isVolume(request: AdmissionRequest): boolean {
  return isCore(request, 'persistentvolumes');
}

function isCore({ resource: { group, resource } }: AdmissionRequest, name: string): boolean {
  return group === '' && resource === name;
}

/** The kind that a CustomResourceDefinition defines; the API server holds it to this form. */
function definedBy({ oldObject }: AdmissionRequest): ClaimedScope | undefined {
  const { spec } = definitionSchema.safeParse(oldObject).data ?? {};
  return spec && { group: spec.group, kind: spec.names.kind };
}

const definitionSchema = z.looseObject({
  spec: z.looseObject({ group: z.string(), names: z.looseObject({ kind: z.string() }) }),
});

function isDefinition({ resource: { group, resource } }: AdmissionRequest): boolean {
  return group === 'apiextensions.k8s.io' && resource === 'customresourcedefinitions';
}
