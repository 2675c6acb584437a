/**
 * A refusal heard once more, under the break-glass grant that its requester was given.
 *
 * Grants are asked for only after a refusal, so that a routine write costs and takes nothing; and a use is taken only
 * where the grant made the difference, before the answer leaves.
 */
import type { MonotonicMs } from '../base/clock.ts';
import { formatPlace, formatResource } from '../kubernetes/object-reference.ts';
import type { RefusedGrant, UsedGrant } from '../identity/grants/find-grant.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { Decision } from './decision.ts';
import type { Facts } from './facts/fact.ts';
import { insertAboveClosing } from './format-denial.ts';
import type { BreakGlass } from './ports.ts';

export interface GrantQuestion {
  readonly request: AdmissionRequest;
  readonly breakGlass: BreakGlass;
  readonly deadlineAtMs: MonotonicMs;
  readonly messageCharsMax: number;
  /** The decision over the same outcomes, had these facts been known. */
  readonly judgeAgain: (facts: Pick<Facts, 'actor' | 'grant'>) => Promise<Decision>;
}

/** Whether a refusal may be heard again: only people and operators are given grants, and only verdicts are overruled. */
export function isGrantable({ allowed, httpStatus, facts: { actor } }: Decision): boolean {
  return (
    !allowed && httpStatus === 403 && (actor?.class === 'other' || actor?.class === 'operator')
  );
}

/** The decision under the grant, or the refusal with a line for each grant that did not help. */
export async function applyGrant(refusal: Decision, question: GrantQuestion): Promise<Decision> {
  const { request, breakGlass, deadlineAtMs, judgeAgain } = question;
  const found = await breakGlass(request, deadlineAtMs);
  const { covering } = found;
  if (covering === undefined || refusal.facts.actor === undefined) {
    return explain(refusal, found.refused, question);
  }
  const actor: ActorFact = { ...refusal.facts.actor, class: 'breakglass', name: covering.id };
  const { namesResource } = covering;
  const again = await judgeAgain({ actor, grant: { id: covering.id, namesResource } });
  if (!again.allowed) {
    const reason = 'it does not reach what is refused here';
    return explain(refusal, [{ id: covering.id, code: 'grant_out_of_scope', reason }], question);
  }
  // The API server keeps nothing of a dry run, so it takes nothing from the grant.
  if (refusal.dryRun) return again;
  const time = new Date(refusal.decidedAtMs).toISOString();
  const use = { decisionId: refusal.id, object: describe(request), time };
  const taken = await covering.use(use, deadlineAtMs);
  if (!taken.ok) return explain(refusal, [taken.refused], question);
  return { ...again, grant: taken.grant, warnings: [tell(taken.grant), ...again.warnings] };
}

function tell({ id, usesLeft, expires }: UsedGrant): string {
  const left = usesLeft === 1 ? '1 use left' : `${String(usesLeft)} uses left`;
  return `allowed by break-glass grant ${id}: ${left} until ${expires}, recorded and alerted`;
}

/** A person reads the first ones: many in somebody's name must not push the explanation out of the message. */
const EXPLAINED_MAX = 5;

function explain(
  refusal: Decision,
  refused: readonly RefusedGrant[],
  { messageCharsMax }: GrantQuestion,
): Decision {
  const lines = refused
    .slice(0, EXPLAINED_MAX)
    .map(
      ({ id, code, reason }) =>
        `Grant${id === undefined ? '' : ` ${id}`} does not help: ${reason} (${code})`,
    );
  const message = insertAboveClosing(refusal.message, lines);
  return message.length > messageCharsMax ? refusal : { ...refusal, message };
}

function describe({ resource, namespace, name, oldObject }: AdmissionRequest): string {
  const shown = { namespace: namespace ?? '', name: name || (oldObject?.metadata?.name ?? '') };
  return `${formatResource(resource)} ${formatPlace(shown)}`;
}
