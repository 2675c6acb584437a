/**
 * The managed objects that a child belongs to: by its owner references, and by the labels by which they select it.
 *
 * A controller counts whatever its selector matches and nobody else controls. So an object without a controller belongs to
 * whoever would adopt it, and a new one that names a controller belongs to that one, whoever made it.
 */
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { SelectingLookup } from '../kubernetes/lookup/lookup.ts';
import {
  couldBeAdopted,
  isAdoptable,
  isChildResource,
  isClaimedChild,
  isGuardedChild,
} from './child-change.ts';
import { describeRoot, findRoot, type RootSearch } from './find-root.ts';
import type { Answer, ObjectFact, RootObject } from './object-fact.ts';
import { controllerOf } from './owner-references.ts';

/** What is asked about one request; nothing where its object is nobody's child, or the request does it no harm. */
export interface FamilyQuestion {
  /** The stored object, whose owners are looked up. */
  readonly child?: KubernetesObject | undefined;
  /** The new state, where it names another controller than the stored object, or is new. */
  readonly claimed?: KubernetesObject | undefined;
  /** The labels of an object that nobody controls. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export interface FamilySearch extends RootSearch {
  readonly findSelecting: (labels: Readonly<Record<string, string>>) => Promise<SelectingLookup>;
}

/** Of the facts about an object. */
export type Family = Pick<ObjectFact, 'root' | 'adopters'>;

/** Workloads that a controller of a custom kind made, each of which takes look-ups of its own. */
const CONTROLLED_MAX = 50;

/** What to ask about a request by somebody who is neither the control plane nor the GitOps writer. */
export function planFamilyQuestion(
  request: AdmissionRequest,
  actor: ActorFact,
  stored: KubernetesObject | undefined,
): FamilyQuestion | undefined {
  if (!isChildResource(request)) return undefined;
  const owner = stored && controllerOf(stored);
  const child = owner && isGuardedChild(request, actor, stored) ? stored : undefined;
  const created = isAdoptable(request) ? (request.object ?? undefined) : undefined;
  const newOwner = created && controllerOf(created);
  const claimed =
    newOwner && newOwner.uid !== owner?.uid && isClaimedChild(newOwner, actor)
      ? created
      : undefined;
  const labels = created && couldBeAdopted(request) ? created.metadata?.labels : undefined;
  if (child === undefined && claimed === undefined && !labels) return undefined;
  return { child, claimed, labels: labels ?? undefined };
}

/** Asks for no more than the answer takes: what belongs to a managed object already is judged by that one. */
export async function findFamily(
  { child, claimed, labels }: FamilyQuestion,
  search: FamilySearch,
): Promise<Family> {
  let root: Family['root'];
  for (const state of [child, claimed]) {
    if (state === undefined) continue;
    root = await findRoot(state, search);
    if (root.status === 'unavailable' || root.value !== null) return { root };
  }
  if (labels === undefined) return root === undefined ? {} : { root };
  const adopters = await findAdopters(labels, search);
  return { ...(root !== undefined && { root }), ...(adopters !== undefined && { adopters }) };
}

async function findAdopters(
  labels: Readonly<Record<string, string>>,
  search: FamilySearch,
): Promise<Answer<readonly RootObject[]> | undefined> {
  const answer = await search.findSelecting(labels);
  if (answer.status === 'unavailable') {
    // Without a cluster to ask there is none to protect.
    if (answer.code === 'lookup_not_configured') return undefined;
    return { status: 'unavailable', reason: answer.reason };
  }
  const adopters: RootObject[] = [];
  const controlled: KubernetesObject[] = [];
  for (const { reference, object } of answer.workloads) {
    const fact = await search.describe(object, reference);
    if (fact.managed) adopters.push(describeRoot(reference, fact));
    else if (controllerOf(object) !== undefined) controlled.push(object);
  }
  if (adopters.length > 0) return { status: 'known', value: adopters };
  if (controlled.length > CONTROLLED_MAX) {
    const reason = `its labels match more than ${String(CONTROLLED_MAX)} workloads that controllers made`;
    return { status: 'unavailable', reason };
  }
  for (const object of controlled) {
    const root = await findRoot(object, search);
    if (root.status === 'unavailable') return root;
    if (root.value !== null) adopters.push(root.value);
  }
  return { status: 'known', value: adopters };
}
