/**
 * Decides a denied request again, under a break-glass grant of its user.
 *
 * Grants are looked up only after a denial, so that routine writes cost nothing and use up no grant. A use is counted
 * only if the grant changes the decision, and before the response is sent.
 */
import type { MonotonicMs } from '../base/clock.ts';
import { formatPlace, formatResource } from '../kubernetes/object-reference.ts';
import type { RefusedGrant, UsedGrant } from '../identity/grants/find-grant.ts';
import { findWriteTarget } from '../identity/grants/write-target.ts';
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
  /** The decision with these facts added. */
  readonly judgeAgain: (facts: Pick<Facts, 'actor' | 'grant'>) => Promise<Decision>;
}

/**
 * Whether a denial may be decided again: only people and operators get grants, and only verdicts can be
 * overruled.
 */
export function isGrantable({ allowed, httpStatus, facts: { actor } }: Decision): boolean {
  return (
    !allowed && httpStatus === 403 && (actor?.class === 'other' || actor?.class === 'operator')
  );
}

/** The decision under the grant, or the denial with a line for each grant that does not apply. */
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
  // A dry run stores nothing, so it uses up no grant.
  if (refusal.dryRun) return again;
  const time = new Date(refusal.decidedAtMs).toISOString();
  const target = findWriteTarget(request);
  const use = {
    decisionId: refusal.id,
    object: describe(request),
    time,
    ...(target && { target }),
  };
  const taken = await covering.use(use, deadlineAtMs);
  if (!taken.ok) return explain(refusal, [taken.refused], question);
  return {
    ...again,
    grant: taken.grant,
    warnings: [formatGrantUse(taken.grant), ...again.warnings],
  };
}

/** What kubectl prints of the use; `record` adds what becomes of it. */
export function formatGrantUse({ id, usesLeft, expires }: UsedGrant): string {
  const left = usesLeft === 1 ? '1 use left' : `${String(usesLeft)} uses left`;
  return `allowed by break-glass grant ${id}: ${left} until ${expires}`;
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
