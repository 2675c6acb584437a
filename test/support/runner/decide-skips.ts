/** Decides which skipped tests are failures. */
import type { AllowedSkip } from './allowed-skips.ts';
import type { StageResult } from './tally.ts';

/** Leaves skips with an allowed reason as they are, and makes failures of the others. */
export function decideSkips(
  result: StageResult,
  { allowed, platform }: { readonly allowed: readonly AllowedSkip[]; readonly platform: string },
): StageResult {
  const reasons = new Set(
    allowed
      .filter(({ platforms }) => platforms.some((name) => name === platform))
      .map(({ reason }) => reason),
  );
  const refused = result.skips.filter(({ reason }) => !reasons.has(reason));
  return {
    passed: result.passed,
    failures: [
      ...result.failures,
      ...refused.map(({ name, reason }) => `${name} is skipped (${reason}), which is not allowed`),
    ],
    skips: result.skips.filter(({ reason }) => reasons.has(reason)),
  };
}
