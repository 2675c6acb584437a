/** Whether the policies of a bundle can be evaluated at all, before they judge: by a review that no user sends. */
import { addMs, type Clock } from '../base/clock.ts';
import { CANARY_REQUEST_JSON } from './canary-review.ts';
import type { PolicyDescriptor } from './descriptor.ts';
import { parseVerdicts } from './parse-verdicts.ts';
import type { PoolRequest, PoolResult } from './pool-job.ts';
import type { BuiltinRules } from './wasm/builtin-rules.ts';
import { formatInput, formatParameters } from './wasm/format-input.ts';

/** A worker that has just started is not as fast as one that has judged for a while. */
const BUDGET_MS_MIN = 1000;
/** Of one policy in the queue. The workers of a new bundle have nothing else to do. */
const WAIT_MS_MAX = 10_000;

/** The first policy that cannot be evaluated. */
export interface SelfTestFailure {
  readonly policy: string;
  readonly reason: string;
}

export interface SelfTestOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly builtinsOf: (policy: PolicyDescriptor) => BuiltinRules;
}

/** Evaluates every policy once, in a worker. What it answers does not matter; that it answers, and in a known form, does. */
export async function selfTest(
  pool: { readonly run: (request: PoolRequest) => Promise<PoolResult> },
  policies: readonly PolicyDescriptor[],
  { clock, builtinsOf }: SelfTestOptions,
): Promise<SelfTestFailure | undefined> {
  for (const policy of policies) {
    const { name, parameters, deadlineMs } = policy;
    const parametersJson = formatParameters([[name, parameters]]);
    const result = await pool.run({
      ...builtinsOf(policy),
      input: formatInput({ requestJson: CANARY_REQUEST_JSON, facts: {}, parametersJson }),
      isLong: true,
      budgetMs: Math.max(deadlineMs, BUDGET_MS_MIN),
      allowanceMs: 0,
      deadlineAtMs: addMs(clock.monotonicMs(), WAIT_MS_MAX),
      isSuspect: () => true,
      isQuarantined: () => false,
    });
    if (result.status === 'failed') return { policy: name, reason: result.reason };
    const [outcome] = parseVerdicts(result.text, [policy]);
    if (outcome?.status === 'unavailable') return { policy: name, reason: outcome.reason };
  }
  return undefined;
}
