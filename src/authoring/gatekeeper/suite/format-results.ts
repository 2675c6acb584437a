/** Results as `gator verify` prints them, which programs and people read. Source: Gatekeeper 3.23, pkg/gator/verify, PrinterGo. */
import {
  isSuiteFailed,
  isTestFailed,
  type CaseResult,
  type SuiteResult,
  type TestResult,
} from './suite-result.ts';

/** The lines, with the verdict of all suites as the last one. */
export function formatResults(suites: readonly SuiteResult[], isVerbose: boolean): string {
  const verdict = suites.some(isSuiteFailed) ? 'FAIL' : 'PASS';
  return [...suites.flatMap((suite) => formatSuite(suite, isVerbose)), verdict, ''].join('\n');
}

function formatSuite(suite: SuiteResult, isVerbose: boolean): readonly string[] {
  const word = isSuiteFailed(suite) ? 'FAIL' : 'ok';
  return [
    ...suite.tests.flatMap((test) => formatTest(test, isVerbose)),
    `${word}\t${suite.path}\t${formatDuration(suite.durationMs)}`,
  ];
}

function formatTest(test: TestResult, isVerbose: boolean): readonly string[] {
  const { name, skipped, problem, durationMs, cases } = test;
  if (skipped) return isVerbose ? [`=== SKIP  ${name}`] : [];
  const lines = isVerbose ? [`=== RUN   ${name}`] : [];
  lines.push(...cases.flatMap((one) => formatCase(one, isVerbose)));
  if (isTestFailed(test)) {
    lines.push(`--- FAIL: ${name}\t(${formatDuration(durationMs)})`);
    if (problem !== undefined) lines.push(`  ${problem}`);
  } else if (isVerbose) {
    lines.push(`--- PASS: ${name}\t(${formatDuration(durationMs)})`);
  }
  return lines;
}

function formatCase(one: CaseResult, isVerbose: boolean): readonly string[] {
  const { name, skipped, problem, durationMs } = one;
  if (skipped) return isVerbose ? [`    === SKIP  ${name}`] : [];
  const lines = isVerbose ? [`    === RUN   ${name}`] : [];
  const took = `${name}\t(${formatDuration(durationMs)})`;
  if (problem !== undefined) lines.push(`    --- FAIL: ${took}`, `        ${problem}`);
  else if (isVerbose) lines.push(`    --- PASS: ${took}`);
  return lines;
}

const MS_PER_SECOND = 1000;

function formatDuration(durationMs: number): string {
  return `${(durationMs / MS_PER_SECOND).toFixed(3)}s`;
}
