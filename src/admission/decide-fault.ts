/** The decision where none could be made: our own fault, or a record that could not be kept. Always a refusal. */
import { describeError, HoldfastError, type ErrorCode } from '../errors.ts';
import type { DecisionContext } from './decide.ts';
import type { Decision } from './decision.ts';
import { formatClosing } from './format-denial.ts';

/** Refuses because something broke. The cause goes to the log, never to the caller: it may hold what they may not see. */
export function faultDecision(fault: unknown, context: DecisionContext): Decision {
  const code: ErrorCode = fault instanceof HoldfastError ? fault.code : 'internal_error';
  return refuseWithoutVerdict(code, context);
}

/** Refuses with a code of the error table and no policy's verdict. */
export function refuseWithoutVerdict(code: ErrorCode, context: DecisionContext): Decision {
  const { meaning, remedy, httpStatus } = describeError(code);
  return {
    id: context.id,
    // /mutate never refuses: /validate sees the same request and has the last word.
    allowed: context.route === 'mutate',
    code,
    httpStatus: httpStatus ?? 500,
    message: `${meaning}\n${remedy}\n${formatClosing([code], context)}`,
    warnings: [],
    patch: [],
    policies: [],
    dryRun: context.dryRun,
    cluster: context.cluster,
    policyRevision: context.policyRevision,
    decidedAtMs: context.decidedAtMs,
    durationMs: context.durationMs,
    timings: context.timings,
    facts: context.facts,
  };
}
