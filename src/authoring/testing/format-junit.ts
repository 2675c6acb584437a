/** Test results as JUnit's XML, which build servers read: one suite for each file and engine. */
import type { TestResult } from './test-result.ts';

/** The whole document. */
export function formatJunit(results: readonly TestResult[]): string {
  const suites = Map.groupBy(results, ({ file, engine }) => `${file} (${engine})`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${formatCounts(results)}>`,
    ...[...suites].flatMap(([name, members]) => [
      `  <testsuite name="${escapeXml(name)}" ${formatCounts(members)}>`,
      ...members.flatMap(formatCase),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ].join('\n');
}

function formatCounts(results: readonly TestResult[]): string {
  const count = (wanted: TestResult['status']): string =>
    String(results.filter(({ status }) => status === wanted).length);
  const seconds = results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  return `tests="${String(results.length)}" failures="${count('failed')}" skipped="${count('skipped')}" time="${seconds.toFixed(3)}"`;
}

function formatCase({ name, file, row, status, reason = '', durationMs }: TestResult) {
  const line = row === undefined ? '' : ` line="${String(row)}"`;
  const head = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(file)}" file="${escapeXml(file)}"${line} time="${(durationMs / 1000).toFixed(3)}"`;
  if (status === 'passed') return [`${head}/>`];
  const [first = ''] = reason.split('\n');
  const element = status === 'failed' ? 'failure' : 'skipped';
  return [
    `${head}>`,
    `      <${element} message="${escapeXml(first)}">${escapeXml(reason)}</${element}>`,
    '    </testcase>',
  ];
}

/** Characters that XML 1.0 does not have are left out: a test may be about them. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
