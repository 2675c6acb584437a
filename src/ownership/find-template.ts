/**
 * What the controller of a workload makes, held against the pod template of its owner.
 *
 * Pods, ReplicaSets, revisions and Jobs carry no mark, so whoever wears a controller's name could run anything as a child
 * of what Git declares. The template is declared; a child that differs from it is not.
 */
import { isRecord } from '../base/is-record.ts';
import type { KubernetesObject, OwnerReference } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import { compareTemplate } from './compare-template.ts';
import type { TemplateComparison } from './compare-template.ts';
import type { Answer, TemplateFact } from './object-fact.ts';
import { controllerOf, parseApiVersion } from './owner-references.ts';

export interface TemplateSearch {
  readonly namespace: string;
  /** A recent answer will do. */
  readonly lookupObject: (reference: ObjectReference) => Promise<ObjectLookup>;
  /** Read now. */
  readonly lookupFresh: (reference: ObjectReference) => Promise<ObjectLookup>;
  /** The resource name of a kind, where only the kind is known. */
  readonly pluralOf: (kind: string) => string;
}

/** Null where the object names no controller. An owner without a pod template declares nothing: no difference. */
export async function findTemplate(
  made: KubernetesObject,
  search: TemplateSearch,
): Promise<Answer<TemplateFact | null>> {
  const owner = controllerOf(made);
  if (owner === undefined) return { status: 'known', value: null };
  const reference = referenceOf(owner, search);
  const recent = judge(await search.lookupObject(reference), made, owner);
  if (isAsDeclared(recent)) return recent;
  // The controller may have seen a change of the template, or the owner itself, before we did.
  const answer = await search.lookupFresh(reference);
  const now = judge(answer, made, owner);
  if (answer.status !== 'found' || isAsDeclared(now) || now.status === 'unavailable') return now;
  return (await judgeByRevision(made, answer.object, search)) ?? now;
}

function referenceOf(
  { apiVersion, kind, name }: OwnerReference,
  { namespace, pluralOf }: TemplateSearch,
): ObjectReference {
  return { ...parseApiVersion(apiVersion), kind, resource: pluralOf(kind), namespace, name };
}

function isAsDeclared(answer: Answer<TemplateFact | null>): boolean {
  return (
    answer.status === 'known' &&
    answer.value?.isOwned === true &&
    answer.value.differences.length === 0
  );
}

function judge(
  answer: ObjectLookup,
  made: KubernetesObject,
  { uid }: OwnerReference,
): Answer<TemplateFact | null> {
  if (answer.status === 'unavailable') return { status: 'unavailable', reason: answer.reason };
  // Another uid is another object of the same name: the reference is dead, or forged.
  if (answer.status === 'absent' || answer.object.metadata?.uid !== uid) {
    return { status: 'known', value: { isOwned: false, differences: [], additions: [] } };
  }
  const comparison = compareWith(made, answer.object, podSpecOf(answer.object));
  return { status: 'known', value: { isOwned: true, ...comparison } };
}

function compareWith(
  made: KubernetesObject,
  owner: KubernetesObject,
  declared: unknown,
): TemplateComparison {
  if (declared === undefined) return { differences: [], additions: [] };
  return compareTemplate({ made: podSpecOf(made), declared, claimVolumes: claimVolumesOf(owner) });
}

/** While a StatefulSet or DaemonSet rolls out, pods are made of earlier revisions too; each pod names its own. */
async function judgeByRevision(
  made: KubernetesObject,
  owner: KubernetesObject,
  { namespace, lookupFresh }: TemplateSearch,
): Promise<Answer<TemplateFact | null> | undefined> {
  const revision = made.metadata?.labels?.['controller-revision-hash'];
  if (owner.kind !== 'StatefulSet' || made.kind !== 'Pod' || revision === undefined) {
    return undefined;
  }
  const answer = await lookupFresh({
    group: 'apps',
    version: 'v1',
    kind: 'ControllerRevision',
    resource: 'controllerrevisions',
    namespace,
    name: revision,
  });
  if (answer.status === 'unavailable') return { status: 'unavailable', reason: answer.reason };
  if (answer.status === 'absent') return undefined;
  if (controllerOf(answer.object)?.uid !== owner.metadata?.uid) return undefined;
  const comparison = compareWith(made, owner, podSpecOf(answer.object));
  return { status: 'known', value: { isOwned: true, ...comparison } };
}

/** The pod of a pod, of a workload's template, of a CronJob's Job, and of a revision's data. */
function podSpecOf({ kind, spec, data }: KubernetesObject): unknown {
  if (kind === 'Pod') return spec;
  if (kind === 'CronJob') return fieldAt(spec, ['jobTemplate', 'spec', 'template', 'spec']);
  if (kind === 'ControllerRevision') return fieldAt(data, ['spec', 'template', 'spec']);
  return fieldAt(spec, ['template', 'spec']);
}

function claimVolumesOf({ kind, spec }: KubernetesObject): readonly string[] {
  if (kind !== 'StatefulSet') return [];
  const templates = fieldAt(spec, ['volumeClaimTemplates']);
  if (!Array.isArray(templates)) return [];
  return templates
    .map((template: unknown) => fieldAt(template, ['metadata', 'name']))
    .filter((name) => typeof name === 'string');
}

function fieldAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), value);
}
