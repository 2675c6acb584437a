/** What the stages found, added up. */

export interface SkippedTest {
  readonly name: string;
  readonly reason: string;
}

export interface StageResult {
  readonly passed: number;
  /** The names of what failed; the errors themselves were printed when they happened. */
  readonly failures: readonly string[];
  readonly skips: readonly SkippedTest[];
}

export const EMPTY_RESULT: StageResult = { passed: 0, failures: [], skips: [] };

/** Adds the results of several stages. */
export function addResults(results: readonly StageResult[]): StageResult {
  return {
    passed: results.reduce((sum, result) => sum + result.passed, 0),
    failures: results.flatMap((result) => result.failures),
    skips: results.flatMap((result) => result.skips),
  };
}

/** The last lines of a run: every failure and every skip by name, then the counts alone on a line. */
export function formatSummary(result: StageResult): string {
  const lines: string[] = [];
  for (const name of result.failures) lines.push(`FAILED  ${name}`);
  for (const { name, reason } of result.skips) lines.push(`SKIPPED ${name} (${reason})`);
  if (lines.length > 0) lines.push('');
  lines.push(formatCounts(result));
  return `${lines.join('\n')}\n`;
}

/** `12 passed, 0 failed`, and the skipped ones where there are any. */
export function formatCounts(result: StageResult): string {
  const counts = `${result.passed} passed, ${result.failures.length} failed`;
  return result.skips.length === 0 ? counts : `${counts}, ${result.skips.length} skipped`;
}
