/**
 * What the cluster says of the application that an object's mark names: whether it is gone, for what it left behind, and
 * whether it lists the object, for what somebody restores.
 *
 * Whoever may write a mark chooses the application in it. So a mark by itself neither frees an object nor makes one
 * welcome: the application must be known to be gone, or to list the object.
 */
import type { MonotonicMs } from '../base/clock.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { LeftBehind, ManagedObject, ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import type { OwnershipLookups } from './cluster-ports.ts';
import { findApplication } from './find-application.ts';
import type { Answer, ObjectFact } from './object-fact.ts';
import { describeRequestedObject } from './requested-object.ts';

export interface MarkQuestion {
  readonly request: AdmissionRequest;
  readonly actor: ActorFact;
  readonly fact: ObjectFact;
  readonly deadlineAtMs: MonotonicMs;
}

type Destroyed = NonNullable<ObjectFact['destroys']>[number];
type MarkPart = Pick<ObjectFact, 'leftBehind' | 'listed'>;
type MarkLookups = Pick<OwnershipLookups, 'leftBehind' | 'lookupFresh' | 'findClaims'>;

/** Undefined where there is nothing to ask: nearly always, because applications are there. */
export function completeMarkFact(
  question: MarkQuestion,
  lookups: MarkLookups,
): Promise<MarkPart> | undefined {
  const { request, fact, deadlineAtMs } = question;
  const application = fact.self ? findApplication(fact) : undefined;
  if (application === undefined || (request.subResource ?? '') !== '') return undefined;
  if (!isAsked(question)) return undefined;
  const object = describeRequestedObject(request);
  if (request.operation === 'CREATE') {
    return findListed({ application, object, deadlineAtMs }, lookups);
  }
  const left = lookups.leftBehind(application, object);
  return left && confirmGone({ application, left, deadlineAtMs }, lookups);
}

function isAsked({ request, actor, fact }: MarkQuestion): boolean {
  if (request.operation === 'CREATE') return mayRestore(actor);
  return actor.class === 'gitops' ? fact.movesTo !== undefined : actor.class !== 'platform';
}

/** What restores runs under an account. The controllers have their proof, and people are refused whoever lists it. */
function mayRestore({ class: actorClass, username }: ActorFact): boolean {
  const isAccount = username.startsWith('system:serviceaccount:');
  return actorClass === 'operator' || (actorClass === 'other' && isAccount);
}

/** Because what is followed may be behind: an application that is there now has left nothing behind. */
async function confirmGone(
  {
    application,
    left,
    deadlineAtMs,
  }: {
    readonly application: ObjectReference;
    readonly left: LeftBehind;
    readonly deadlineAtMs: MonotonicMs;
  },
  { lookupFresh }: Pick<OwnershipLookups, 'lookupFresh'>,
): Promise<MarkPart> {
  const answer = await lookupFresh(application, deadlineAtMs);
  return isGone(answer) ? { leftBehind: left } : {};
}

/** One that deploys to another cluster now is there, and may come back. */
function isGone(answer: ObjectLookup): boolean {
  return answer.status === 'absent' && answer.isElsewhere !== true;
}

async function findListed(
  {
    application,
    object,
    deadlineAtMs,
  }: {
    readonly application: ObjectReference;
    readonly object: ObjectReference;
    readonly deadlineAtMs: MonotonicMs;
  },
  { findClaims }: Pick<OwnershipLookups, 'findClaims'>,
): Promise<MarkPart> {
  const answer = await findClaims(object, deadlineAtMs);
  const { kind, namespace, name } = application;
  const listed: Answer<boolean> =
    answer.status === 'unavailable'
      ? { status: 'unavailable', reason: answer.reason }
      : {
          status: 'known',
          value: answer.claims.some(
            (claim) => claim.kind === kind && claim.namespace === namespace && claim.app === name,
          ),
        };
  return { listed };
}

/** Applications that are asked for by one deletion of a namespace; objects of more than these count as theirs. */
const CONFIRMED_MAX = 10;

/** Managed objects as a deletion of their namespace destroys them: those of living applications first. */
export async function describeDestroyed(
  objects: readonly ManagedObject[],
  deadlineAtMs: MonotonicMs,
  lookups: Pick<OwnershipLookups, 'lookupFresh'>,
): Promise<readonly Destroyed[]> {
  const gone = await confirmApplications(objects, deadlineAtMs, lookups);
  return objects
    .map(({ application, leftBehind, ...object }): Destroyed =>
      application !== undefined && gone.has(keyOf(application))
        ? { ...object, ...(leftBehind && { leftBehind }) }
        : object,
    )
    .toSorted((left, right) => goneForMs(left) - goneForMs(right));
}

async function confirmApplications(
  objects: readonly ManagedObject[],
  deadlineAtMs: MonotonicMs,
  { lookupFresh }: Pick<OwnershipLookups, 'lookupFresh'>,
): Promise<ReadonlySet<string>> {
  const left = objects.flatMap(({ application, leftBehind }) =>
    application === undefined || leftBehind === undefined ? [] : [application],
  );
  const distinct = [...new Map(left.map((application) => [keyOf(application), application]))];
  const answers = await Promise.all(
    distinct.slice(0, CONFIRMED_MAX).map(async ([key, application]) => {
      const answer = await lookupFresh(application, deadlineAtMs);
      return isGone(answer) ? [key] : [];
    }),
  );
  return new Set(answers.flat());
}

function keyOf({ group, resource, namespace = '', name }: ObjectReference): string {
  return `${group}/${resource}/${namespace}/${name}`;
}

function goneForMs({ leftBehind }: Destroyed): number {
  return leftBehind?.goneForMs ?? -1;
}
