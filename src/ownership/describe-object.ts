/** Who manages the object of a request: by what the request carries, else by what the cluster says. */
import type { MonotonicMs } from '../base/clock.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { OwnershipLookups } from './cluster-ports.ts';
import { createFactCompleter } from './complete-fact.ts';
import type { DescribedObject, FactCompleter } from './complete-fact.ts';
import { createStateDescriber } from './describe-states.ts';
import type { StateDescriber, StateDescriberOptions } from './describe-states.ts';
import { findApplier } from './find-mark.ts';
import { isExempt } from './exempt.ts';
import { describeRequestedObject, nameOf } from './requested-object.ts';

export interface ObjectDescriberOptions extends StateDescriberOptions {
  readonly exemptNamespaces: readonly string[];
  /** Where the GitOps controllers and Holdfast are installed. @default none */
  readonly installationNamespaces?: readonly string[] | undefined;
  readonly lookups: OwnershipLookups;
  /** The resource name of a kind, where only the kind is known. */
  readonly pluralOf: (kind: string) => string;
}

/** Answers at once where the request carries the answer, with a promise where the cluster must be asked. */
export type ObjectDescriber = (
  request: AdmissionRequest,
  actor: ActorFact,
  deadlineAtMs: MonotonicMs,
) => DescribedObject | Promise<DescribedObject>;

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
  readonly lookups: OwnershipLookups;
  readonly states: StateDescriber;
  readonly complete: FactCompleter;
}

/** Builds the describer once from the configuration and the ports to the cluster. */
export function createObjectDescriber(options: ObjectDescriberOptions): ObjectDescriber {
  const { lookups, pluralOf } = options;
  const exemptNamespaces = new Set(options.exemptNamespaces);
  const places = {
    exemptNamespaces,
    installationNamespaces: new Set(options.installationNamespaces),
  };
  const states = createStateDescriber(options);
  const complete = createFactCompleter({
    lookups,
    pluralOf,
    exemptNamespaces,
    installationNamespaces: options.installationNamespaces,
    describe: (stored, { namespace = '', ...reference }) =>
      states.describeStored(stored, { ...reference, namespace }),
    findApplier: (stored) => findApplier(stored, options.marks),
  });
  const room: Room = { lookups, states, complete };
  return function describeObject(received, actor, deadlineAtMs) {
    const request = asPodBinding(received);
    if (isExempt(request, actor, places)) return EXEMPT;
    if (!WHOLE_OBJECT_SUBRESOURCES.has(request.subResource ?? '')) {
      return describeParent(room, request, { actor, deadlineAtMs });
    }
    const fact = states.describeRequested(request, actor);
    const stored = request.oldObject ?? undefined;
    const question = { request, actor, fact, stored, deadlineAtMs };
    return complete(question) ?? { status: 'known', value: fact };
  };
}

/** A Binding that is made in its namespace binds the pod of its name, as the subresource of that pod does. */
function asPodBinding(request: AdmissionRequest): AdmissionRequest {
  const { resource } = request;
  if (resource.group !== '' || resource.resource !== 'bindings') return request;
  const pods = { ...resource, resource: 'pods' };
  return { ...request, resource: pods, subResource: 'binding', name: nameOf(request) };
}

async function describeParent(
  { lookups, states, complete }: Room,
  request: AdmissionRequest,
  asking: { readonly actor: ActorFact; readonly deadlineAtMs: MonotonicMs },
): Promise<DescribedObject> {
  const reference = describeRequestedObject(request);
  const answer = await lookups.lookupMetadata(reference, asking.deadlineAtMs);
  if (answer.status === 'unavailable') return answer;
  if (answer.status === 'absent') return describeAbsentParent(request, reference);
  const kind = typeof answer.object.kind === 'string' ? answer.object.kind : '';
  const parent = { ...reference, kind };
  const identity = { ...parent, namespace: parent.namespace ?? '' };
  const fact = { ...states.describeStored(answer.object, identity), parent };
  const question = { request, fact, stored: answer.object, ...asking };
  return (await complete(question)) ?? { status: 'known', value: fact };
}

function describeAbsentParent(request: AdmissionRequest, parent: ObjectReference): DescribedObject {
  if (request.operation !== 'UPDATE') {
    // An eviction, a binding or an exec of an object that is not there: the API server answers 404 by itself.
    const fact = { managed: false, wasManaged: false, self: false, scope: 'none' } as const;
    return { status: 'known', value: { ...fact, parent } };
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
