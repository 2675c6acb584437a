/**
 * The output of `holdfast report`. Names and messages come from the senders of requests: they must neither move the cursor of a terminal
 * nor leave their cell in Markdown.
 */
import type { ReportGroup } from '../../audit/report/report-groups.ts';
import type { Suggestion } from '../../audit/report/plan-suggestion.ts';
import type { Report } from '../../audit/report/collect-report.ts';
import type { ShownReplay } from './describe-replay.ts';
import { escapeMarkdown } from '../../base/escape-markdown.ts';
import { printable } from '../../base/printable.ts';
import { formatCount, formatNumber } from '../format-count.ts';
import { formatTable } from '../format-table.ts';

export interface SuggestedGroup extends ReportGroup {
  readonly suggestion: Suggestion;
}

/** A report with everything that a reader is told. */
export interface ShownReport extends Omit<Report, 'groups' | 'writes' | 'writesLeftOut'> {
  /** The answer, in a sentence. */
  readonly verdict: string;
  /** RFC 3339. */
  readonly since: string;
  readonly until: string;
  readonly groups: readonly SuggestedGroup[];
  /** Absent where it was not asked for. */
  readonly replay?: ShownReplay | undefined;
  /** What the answer does not cover, a sentence each. */
  readonly notKnown: readonly string[];
}

const COLUMNS = [
  '#',
  'REFUSED',
  'USER',
  'APPLICATION',
  'RESOURCE',
  'FIELDS',
  'CODE',
  'POLICIES',
] as const;
// More are counted: the JSON has all of them.
const FIELDS_SHOWN_MAX = 3;
// More are counted, too; those that would break come first.
const NAMESPACES_SHOWN_MAX = 20;
// Of one cause they read alike.
const REFUSED_SHOWN_MAX = 10;
const REPLAY_TITLE = 'The last writes of the GitOps controllers, judged again:';

/** Tables for a terminal; of the groups the first `limit`. */
export function formatReportTable(report: ShownReport, limit: number): string {
  const groups = report.groups.slice(0, limit);
  return [
    ...summaryOf(report),
    ...(groups.length === 0 ? [] : ['', ...formatTable([COLUMNS, ...groups.map(cellsOf)])]),
    ...moreOf(report, limit),
    ...section(
      'What to do:',
      advise(groups).flatMap(({ numbers, suggestion }) => [
        `  ${numbers}: ${printable(suggestion.advice)}`,
        ...linesOf(suggestion.configuration).map((line) => `       ${line}`),
      ]),
    ),
    ...section(REPLAY_TITLE, replayLines(report).map(indent)),
    ...section('By namespace:', formatTable(namespaceRows(report)).map(indent)),
    ...section(
      'Not known:',
      report.notKnown.map((sentence) => `  - ${printable(sentence)}`),
    ),
  ].join('\n');
}

/** The same for a ticket or a pull request. */
export function formatReportMarkdown(report: ShownReport, limit: number): string {
  const groups = report.groups.slice(0, limit);
  const [verdict = '', ...facts] = summaryOf(report);
  return [
    `**${verdict}**`,
    '',
    ...facts,
    ...(groups.length === 0 ? [] : ['', ...markdownTable([COLUMNS, ...groups.map(cellsOf)])]),
    // Without an empty line before it, a line below a table is one more row of it.
    ...moreOf(report, limit).flatMap((line) => ['', line]),
    ...section(
      '## What to do\n',
      advise(groups).flatMap(({ numbers, suggestion }) => [
        `* ${numbers}: ${escapeMarkdown(suggestion.advice)}`,
        ...fence(linesOf(suggestion.configuration)),
      ]),
    ),
    ...section(
      `## ${REPLAY_TITLE.slice(0, -1)}\n`,
      replayLines(report).map((line) =>
        line.startsWith(' ') ? `  ${escapeMarkdown(line.trim())}` : `* ${escapeMarkdown(line)}`,
      ),
    ),
    ...section('## By namespace\n', markdownTable(namespaceRows(report))),
    ...section(
      '## Not known\n',
      report.notKnown.map((sentence) => `* ${escapeMarkdown(sentence)}`),
    ),
  ].join('\n');
}

/** One JSON object with every group, for programs. */
export function formatReportJson(report: ShownReport): string {
  return JSON.stringify(report, undefined, 2);
}

function summaryOf({ verdict, since, until, requests, denied, journals }: ShownReport): string[] {
  const already =
    denied === 0 ? '' : `, ${formatCount(denied, 'of them', 'of them')} refused already`;
  return [
    verdict,
    `${since} to ${until}: ${formatCount(requests, 'recorded request', 'recorded requests')}${already}, in ${formatCount(journals.length, 'journal', 'journals')}.`,
  ];
}

function cellsOf(group: SuggestedGroup, index: number): readonly string[] {
  const { count, dryRuns, username, application, resource, fields, fieldsAreCut } = group;
  const shown = fields.slice(0, FIELDS_SHOWN_MAX);
  const hidden = fields.length - shown.length;
  const more = hidden > 0 ? ` and ${hidden} more` : fieldsAreCut ? ' and more' : '';
  return [
    String(index + 1),
    `${formatNumber(count)}${dryRuns === 0 ? '' : ` (${formatNumber(dryRuns)} dry)`}`,
    username,
    application || '-',
    `${group.operations.join(',')} ${group.group === '' ? resource : `${resource}.${group.group}`}`,
    `${shown.join(', ') || '-'}${more}`,
    group.code,
    group.policies.join(','),
  ].map(printable);
}

function moreOf({ groups, unlisted }: ShownReport, limit: number): readonly string[] {
  const hidden = groups.length - limit;
  return [
    ...(hidden > 0 ? [`and ${formatCount(hidden, 'more line', 'more lines')} (--limit)`] : []),
    ...(unlisted > 0 ? [`and ${formatCount(unlisted, 'request', 'requests')} of other kinds`] : []),
  ];
}

/** What is the same advice is given once. */
function advise(
  groups: readonly SuggestedGroup[],
): readonly { readonly numbers: string; readonly suggestion: Suggestion }[] {
  const numbered = groups.map(({ suggestion }, index) => ({ suggestion, number: index + 1 }));
  const same = Map.groupBy(numbered, ({ suggestion }) => JSON.stringify(suggestion));
  return [...same.values()].flatMap((group) =>
    group.slice(0, 1).map(({ suggestion }) => ({
      numbers: group.map(({ number }) => String(number)).join(', '),
      suggestion,
    })),
  );
}

function namespaceRows({ namespaces }: ShownReport): readonly (readonly string[])[] {
  if (namespaces.length === 0) return [];
  const shown = namespaces
    .slice(0, NAMESPACES_SHOWN_MAX)
    .map(({ namespace, ...counts }) =>
      [namespace || '(none)', formatNumber(counts.requests), formatNumber(counts.wouldDeny)].map(
        printable,
      ),
    );
  const hidden = namespaces.length - shown.length;
  return [
    ['NAMESPACE', 'REQUESTS', 'WOULD BE REFUSED'],
    ...shown,
    ...(hidden > 0 ? [[`and ${hidden} more`, '', '']] : []),
  ];
}

function replayLines({ replay }: ShownReport): readonly string[] {
  if (replay === undefined) return [];
  const { writes, allowed, refused, notReplayed, leftOut } = replay;
  const shown = refused.slice(0, REFUSED_SHOWN_MAX);
  const hidden = refused.length - shown.length;
  return [
    `${formatNumber(allowed)} of ${formatCount(writes, 'write', 'writes')} would pass`,
    ...shown.flatMap(({ operation, object, username, code, message }) => [
      `refused: ${operation} ${object} by ${username}: ${code}`,
      ...message.split('\n').map((line) => `    ${line}`),
    ]),
    ...(hidden > 0 ? [`and ${formatNumber(hidden)} more refused`] : []),
    ...notReplayed.map(
      ({ reason, count, example }) =>
        `not judged: ${formatCount(count, 'write', 'writes')}, such as ${example}: ${reason}`,
    ),
    ...(leftOut > 0
      ? [`not judged: ${formatCount(leftOut, 'write', 'writes')} to further objects`]
      : []),
  ].map(printable);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split('\n').map(printable);
}

function indent(line: string): string {
  return `  ${line}`;
}

function fence(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', '  ```yaml', ...lines.map(indent), '  ```', ''];
}

function markdownTable([head, ...rows]: readonly (readonly string[])[]): readonly string[] {
  if (head === undefined) return [];
  return [head, head.map(() => '---'), ...rows].map(
    (row) => `| ${row.map((cell) => (cell === '---' ? cell : escapeMarkdown(cell))).join(' | ')} |`,
  );
}
