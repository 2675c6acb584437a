/** The findings of `holdfast doctor`, for people. */
import type { CheckResult, FindingStatus } from '../../compose/doctor/finding.ts';

const WIDTH = Math.max(...['ok', 'warning', 'failed', 'unknown'].map((word) => word.length));

/** A line for each finding, on request its place, its remedy below it, and one line that counts. */
export function formatExamination(
  results: readonly CheckResult[],
  { showsPlaces }: { readonly showsPlaces: boolean },
): string {
  const lines = results.flatMap(({ check, place, findings }) =>
    findings.flatMap(({ status, code, message, remedy }) => [
      `${status.padEnd(WIDTH)}  ${check}: ${message} (${code})`,
      ...(showsPlaces ? [`${' '.repeat(WIDTH)}  at ${place}`] : []),
      ...(remedy === undefined ? [] : [`${' '.repeat(WIDTH)}  ${remedy}`]),
    ]),
  );
  const count = (wanted: FindingStatus): string =>
    `${String(results.flatMap(({ findings }) => findings).filter(({ status }) => status === wanted).length)} ${wanted}`;
  const counts = [count('ok'), count('warning'), count('failed'), count('unknown')];
  return [...lines, '', counts.join(', ')].join('\n');
}
