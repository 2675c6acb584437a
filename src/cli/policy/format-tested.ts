/** What `holdfast policy test` prints for people. */
import type { TestedPolicies } from '../../authoring/testing/test-policies.ts';
import type { TestEngine, TestResult } from '../../authoring/testing/test-result.ts';
import { formatCount } from '../format-count.ts';

export interface ShownTests extends TestedPolicies {
  /** The folder, as it was given. */
  readonly sources: string;
  readonly coverageMin: number | undefined;
}

const ENGINES: readonly (readonly [engine: TestEngine, name: string])[] = [
  ['opa', 'Rego tests with OPA'],
  ['wasm', 'Rego tests in WebAssembly'],
  ['review', 'recorded reviews'],
];

/** What failed or was skipped, then the counts of each engine. */
export function formatTested(shown: ShownTests): string {
  const { results, sources } = shown;
  const told = results.filter(({ status }) => status !== 'passed');
  return [
    ...told.flatMap((result) => formatResult(result, sources)),
    ...shown.untested.map((name) => `${sources}/${name}: no test`),
    ...formatCoverage(shown),
    ...ENGINES.map(([engine, name]) => formatCounts(engine, name, results)),
  ].join('\n');
}

function formatResult(
  { engine, file, row, name, status, reason = '' }: TestResult,
  sources: string,
): readonly string[] {
  const place = row === undefined ? `${sources}/${file}` : `${sources}/${file}:${String(row)}`;
  const lines = reason.split('\n').map((line) => `  ${line}`);
  return [`${status.toUpperCase()} ${place}: ${name} (${engine})`, ...lines];
}

/** Only what is not covered, and less than is asked for where something is. */
function formatCoverage({ coverage, sources, coverageMin }: ShownTests): readonly string[] {
  return coverage
    .filter(({ percent }) => percent < 100)
    .map(({ file, percent, missedRows }) => {
      const isLess = coverageMin !== undefined && percent < coverageMin;
      const less = isLess ? `, less than ${String(coverageMin)} %` : '';
      const rows = missedRows.length === 0 ? '' : `; not reached: ${formatRows(missedRows)}`;
      return `${sources}/${file}: ${percent.toFixed(1)} % covered${less}${rows}`;
    });
}

/** `3-5, 9`. */
function formatRows(rows: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const row of [...new Set(rows)].toSorted((a, b) => a - b)) {
    const current = ranges.at(-1);
    if (current !== undefined && row === current[1] + 1) current[1] = row;
    else ranges.push([row, row]);
  }
  return ranges
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
    .join(', ');
}

function formatCounts(engine: TestEngine, name: string, results: readonly TestResult[]): string {
  const own = results.filter((result) => result.engine === engine);
  const count = (wanted: TestResult['status']): number =>
    own.filter(({ status }) => status === wanted).length;
  const skipped = count('skipped');
  const counts = [
    formatCount(count('passed'), 'passed', 'passed'),
    formatCount(count('failed'), 'failed', 'failed'),
    ...(skipped === 0 ? [] : [formatCount(skipped, 'skipped', 'skipped')]),
  ];
  return `${name}: ${counts.join(', ')}`;
}
