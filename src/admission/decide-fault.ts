/** The decision after an internal fault, or if the record could not be written. Always a denial. */
import { describeError, HoldfastError, type ErrorCode } from '../errors.ts';
import type { DecisionContext } from './decide.ts';
import type { Decision } from './decision.ts';
import { formatClosing } from './format-denial.ts';

/**
 * Denies after an internal error. The cause is logged and never returned, because it may contain confidential
 * data.
 */
export function faultDecision(fault: unknown, context: DecisionContext): Decision {
  const code: ErrorCode = fault instanceof HoldfastError ? fault.code : 'internal_error';
  return refuseWithoutVerdict(code, context);
}

/** Denies with a code of the error table, without a policy's verdict. */
export function refuseWithoutVerdict(code: ErrorCode, context: DecisionContext): Decision {
  const { meaning, remedy, httpStatus } = describeError(code);
  return {
    id: context.id,
    // /mutate never denies: /validate receives the same request and decides.
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
