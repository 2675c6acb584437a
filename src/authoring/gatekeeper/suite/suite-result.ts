/** What the run of a suite found. */

interface Timed {
  readonly durationMs: number;
}

export interface CaseResult extends Timed {
  readonly name: string;
  readonly skipped: boolean;
  readonly problem?: string | undefined;
}

export interface TestResult extends Timed {
  readonly name: string;
  readonly skipped: boolean;
  readonly problem?: string | undefined;
  readonly cases: readonly CaseResult[];
}

export interface SuiteResult extends Timed {
  /** As the person who asked names it. */
  readonly path: string;
  readonly skipped: boolean;
  readonly tests: readonly TestResult[];
}

/** Whether anything in it is not as it should be. */
export function isTestFailed({ problem, cases }: TestResult): boolean {
  return problem !== undefined || cases.some((one) => one.problem !== undefined);
}

/** Whether one of its tests failed. */
export function isSuiteFailed({ tests }: SuiteResult): boolean {
  return tests.some(isTestFailed);
}
