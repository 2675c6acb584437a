/**
 * Who manages the object of a request (DESIGN 5.4). Managed on the old object or on the new one: taking a mark off
 * is drift, and so is forging one.
 */
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import { isExempt } from './exempt.ts';
import { createMarkFinder, findApplier, isChild } from './find-mark.ts';
import type { Applied, FoundMark, MarkedIdentity, MarkFinder, MarkOptions } from './find-mark.ts';
import type { ObjectFact } from './object-fact.ts';

/** Something the cluster did not tell in time; the code is one of the error table. */
export interface Unavailable {
  readonly status: 'unavailable';
  readonly code: string;
  readonly reason: string;
}

export type ObjectLookupResult =
  | { readonly status: 'found'; readonly object: KubernetesObject }
  | { readonly status: 'absent' }
  | Unavailable;

/** An object that someone manages, found in a namespace that is to be deleted. */
export type ManagedReference = ObjectReference & { readonly app?: string | undefined };

export type ManagedInNamespaceResult =
  { readonly status: 'found'; readonly objects: readonly ManagedReference[] } | Unavailable;

export interface ObjectDescriberOptions {
  readonly marks: MarkOptions;
  /** Namespaces where everything that no controller made counts as managed. */
  readonly gitopsOnlyNamespaces: readonly string[];
  readonly exemptNamespaces: readonly string[];
  /** The stored object behind a subresource whose body carries no metadata. `kind` is empty in the reference. */
  readonly lookupObject: (
    reference: ObjectReference,
    deadlineAtMs: number,
  ) => Promise<ObjectLookupResult>;
  /** Some managed objects of a namespace; a handful is enough to name them. */
  readonly findManagedInNamespace: (
    namespace: string,
    deadlineAtMs: number,
  ) => Promise<ManagedInNamespaceResult>;
}

export type DescribedObject =
  { readonly status: 'known'; readonly value: ObjectFact } | Unavailable;

/** Answers at once where the request carries the answer, with a promise where the cluster must be asked. */
export type ObjectDescriber = (
  request: AdmissionRequest,
  actor: ActorFact,
  deadlineAtMs: number,
) => DescribedObject | Promise<DescribedObject>;

/** More than a message names; fewer than would cost the policies time. */
const DESTROYS_MAX = 10;

/** Subresources whose body is the whole object, with its metadata. Every other body says nothing of the object. */
const WHOLE_OBJECT_SUBRESOURCES: ReadonlySet<string> = new Set([
  '',
  'approval',
  'ephemeralcontainers',
  'finalize',
  'resize',
  'status',
]);

const EXEMPT: DescribedObject = {
  status: 'known',
  value: { managed: false, wasManaged: false, self: false, scope: 'exempt' },
};

interface Room {
  readonly options: ObjectDescriberOptions;
  readonly findMark: MarkFinder;
  readonly gitopsOnly: ReadonlySet<string>;
  readonly exempt: ReadonlySet<string>;
}

/** Builds the describer once from the configuration and the ports to the cluster. */
export function createObjectDescriber(options: ObjectDescriberOptions): ObjectDescriber {
  const room: Room = {
    options,
    findMark: createMarkFinder(options.marks),
    gitopsOnly: new Set(options.gitopsOnlyNamespaces),
    exempt: new Set(options.exemptNamespaces),
  };
  return function describeObject(request, actor, deadlineAtMs) {
    if (isExempt(request, actor, room.exempt)) return EXEMPT;
    if (!WHOLE_OBJECT_SUBRESOURCES.has(request.subResource ?? '')) {
      return describeParent(room, request, deadlineAtMs);
    }
    const fact = describeWholeObject(room, request, actor);
    if (!destroysNamespace(request, actor)) return { status: 'known', value: fact };
    return describeDestroyed(room, fact, { namespace: nameOf(request), deadlineAtMs });
  };
}

function describeWholeObject(room: Room, request: AdmissionRequest, actor: ActorFact): ObjectFact {
  const { group, kind } = request.kind;
  const identity = { group, kind, namespace: namespaceOf(request), name: nameOf(request) };
  const oldObject = request.oldObject ?? undefined;
  const newObject = request.object ?? undefined;
  const oldMark = oldObject && room.findMark(oldObject, identity);
  const newMark = newObject && room.findMark(newObject, identity);
  if (oldMark?.self === true) return managedBy(oldMark, true);
  // Argo CD makes an application's namespace on the side (CreateNamespace): no repository declares it.
  const declarable = isNamespace(request) ? undefined : oldObject;
  const applied = declarable && findApplier(declarable, room.options.marks);
  if (newMark?.self === true) return managedBy(newMark, applied !== undefined);
  if (applied !== undefined) return managedByApplier(applied);
  if (room.gitopsOnly.has(identity.namespace) && !isMadeByController(request, actor)) {
    return managedByScope(oldObject !== undefined);
  }
  return unmanaged(oldMark ?? newMark);
}

/**
 * In a namespace that changes only through Git, what controllers derive from the declared objects stays theirs. A
 * stored object was made by its controller; on CREATE anyone can write an owner reference, so the caller decides.
 */
function isMadeByController(request: AdmissionRequest, actor: ActorFact): boolean {
  const stored = request.oldObject ?? undefined;
  if (stored !== undefined) return isChild(stored);
  const created = request.object ?? undefined;
  return (
    created !== undefined &&
    isChild(created) &&
    (actor.class === 'platform' || actor.class === 'operator')
  );
}

async function describeParent(
  room: Room,
  request: AdmissionRequest,
  deadlineAtMs: number,
): Promise<DescribedObject> {
  const { group, version, resource } = request.resource;
  const namespace = namespaceOf(request);
  const name = nameOf(request);
  const reference: ObjectReference = {
    group,
    version,
    resource,
    kind: '',
    name,
    ...(namespace === '' ? {} : { namespace }),
  };
  const answer = await room.options.lookupObject(reference, deadlineAtMs);
  switch (answer.status) {
    case 'unavailable':
      return answer;
    case 'absent':
      return describeAbsentParent(request, reference);
    case 'found': {
      const kind = typeof answer.object.kind === 'string' ? answer.object.kind : '';
      const parent = { ...reference, kind };
      const identity = { group, kind, namespace, name };
      return {
        status: 'known',
        value: { ...describeStored(room, answer.object, identity), parent },
      };
    }
  }
}

function describeStored(
  room: Room,
  stored: KubernetesObject,
  identity: MarkedIdentity,
): ObjectFact {
  const mark = room.findMark(stored, identity);
  if (mark?.self === true) return managedBy(mark, true);
  const applied = findApplier(stored, room.options.marks);
  if (applied !== undefined) return managedByApplier(applied);
  const byScope = room.gitopsOnly.has(identity.namespace) && !isChild(stored);
  return byScope ? managedByScope(true) : unmanaged(mark);
}

function describeAbsentParent(request: AdmissionRequest, parent: ObjectReference): DescribedObject {
  if (request.operation !== 'UPDATE') {
    // An eviction, a binding or an exec of an object that is not there: the API server answers 404 by itself.
    return { status: 'known', value: { ...unmanaged(undefined), parent } };
  }
  // The API server read the object for this very request: our view of the cluster is behind, so we do not know.
  const name = [parent.namespace, parent.name].filter((part) => part !== undefined).join('/');
  const shown = `${parent.resource} "${name}"`;
  return {
    status: 'unavailable',
    code: 'fact_unavailable',
    reason: `the ${shown} that the request changes is not in our view of the cluster yet`,
  };
}

async function describeDestroyed(
  room: Room,
  fact: ObjectFact,
  target: { readonly namespace: string; readonly deadlineAtMs: number },
): Promise<DescribedObject> {
  const { namespace, deadlineAtMs } = target;
  if (room.exempt.has(namespace)) return { status: 'known', value: fact };
  const answer = await room.options.findManagedInNamespace(namespace, deadlineAtMs);
  if (answer.status === 'unavailable') return answer;
  const destroys = answer.objects.slice(0, DESTROYS_MAX);
  return { status: 'known', value: { ...fact, destroys } };
}

/** A proven GitOps writer may delete a namespace with all that is in it; then nothing needs to be looked up. */
function destroysNamespace(request: AdmissionRequest, actor: ActorFact): boolean {
  return (
    request.operation === 'DELETE' &&
    isNamespace(request) &&
    (request.subResource ?? '') === '' &&
    !(actor.class === 'gitops' && actor.proof.sufficient)
  );
}

function managedBy(mark: FoundMark, wasManaged: boolean): ObjectFact {
  const { tool, app, appNamespace } = mark;
  const scope = 'managed';
  return { managed: true, wasManaged, tool, app, appNamespace, mark: mark.mark, self: true, scope };
}

/** `self` is false: no mark names the object any more. Only its GitOps controller can put it back in order. */
function managedByApplier({ tool, mark }: Applied): ObjectFact {
  return { managed: true, wasManaged: true, tool, mark, self: false, scope: 'managed' };
}

function managedByScope(wasManaged: boolean): ObjectFact {
  return { managed: true, wasManaged, tool: 'scope', self: false, scope: 'gitops-only' };
}

function unmanaged(copied: FoundMark | undefined): ObjectFact {
  const fact = { managed: false, wasManaged: false, self: false, scope: 'none' } as const;
  return copied === undefined ? fact : { ...fact, mark: copied.mark };
}

function isNamespace(request: AdmissionRequest): boolean {
  return request.resource.group === '' && request.resource.resource === 'namespaces';
}

/** Empty for cluster-scoped objects; a Namespace's own requests carry its name as their namespace. */
function namespaceOf(request: AdmissionRequest): string {
  return isNamespace(request) ? '' : (request.namespace ?? '');
}

function nameOf(request: AdmissionRequest): string {
  if (request.name !== undefined && request.name !== '') return request.name;
  // The items of a DELETECOLLECTION come without a name; the stored object has it.
  const metadata = request.oldObject?.metadata ?? request.object?.metadata;
  return typeof metadata?.name === 'string' ? metadata.name : '';
}
