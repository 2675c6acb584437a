/** What `holdfast policy replay` prints: for people, and as JSON. */
import { UNJUDGED_REASONS } from '../../compose/replay/classify-unjudged.ts';
import type {
  FlipGroup,
  NamedCount,
  ReplayReport,
  UnjudgedCount,
} from '../../compose/replay/collect-flips.ts';
import { formatCount, formatNumber } from '../format-count.ts';
import { formatTable } from '../format-table.ts';

export interface ShownReplay extends ReplayReport {
  /** How many records and reviews were read. */
  readonly read: number;
  readonly durationMs: number;
  /** The file of each group's case, as the user can name it. */
  readonly cases: ReadonlyMap<FlipGroup, string>;
}

/** Each kind of flip with who is concerned, then what could not be judged again, then the counts. */
export function formatReplayed(shown: ShownReplay): string {
  return [
    ...shown.groups.flatMap((group) => [...formatGroup(group, shown.cases.get(group)), '']),
    ...formatUnjudged(shown.unjudged),
    formatCounts(shown),
  ].join('\n');
}

/** One JSON object on one line. */
export function formatReplayedJson(shown: ShownReplay): string {
  const { read, judged, flipped, durationMs, unjudged } = shown;
  return JSON.stringify({
    read,
    judged,
    flipped,
    durationMs,
    flips: shown.groups.map((group) => {
      const { example, ...told } = group;
      const message = messageOf(example.decision);
      return { ...told, example: example.source, message, case: shown.cases.get(group) };
    }),
    unjudged: unjudged.map((one) => ({ ...one, meaning: UNJUDGED_REASONS[one.reason] })),
  });
}

/** As many as a person looks at; the JSON output has all of them. */
const NAMES_SHOWN_MAX = 5;

function formatGroup(group: FlipGroup, file: string | undefined): readonly string[] {
  const { from, to, policies, codes, count, applications, users, example } = group;
  const by = policies.length === 0 ? '' : ` by ${policies.join(', ')}`;
  const found = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
  const [message = ''] = messageOf(example.decision).split('\n');
  return [
    `${from} → ${to}: ${formatNumber(count)}${by}${found}`,
    `  applications  ${formatNames(applications, 'none')}`,
    `  users         ${formatNames(users, '')}`,
    `  for example   ${example.source}${message === '' ? '' : `: ${message}`}`,
    ...(file === undefined ? [] : [`  case          ${file}`]),
  ];
}

/** Of a denial, else the first warning, else what a policy in the mode audit has found. */
function messageOf({ message, warnings, wouldDeny }: FlipGroup['example']['decision']): string {
  return message === '' ? (warnings[0] ?? wouldDeny?.message ?? '') : message;
}

function formatNames(names: readonly NamedCount[], nameless: string): string {
  const hidden = names.length - NAMES_SHOWN_MAX;
  const more = hidden > 0 ? `, and ${formatNumber(hidden)} more` : '';
  const listed = names
    .slice(0, NAMES_SHOWN_MAX)
    .map(({ name, count }) => `${name === '' ? nameless : name} ${formatNumber(count)}`);
  return `${listed.join(', ')}${more}`;
}

function formatUnjudged(unjudged: readonly UnjudgedCount[]): readonly string[] {
  if (unjudged.length === 0) return [];
  const rows = unjudged.map(({ reason, detail, count }) => [
    '',
    formatNumber(count),
    detail === undefined ? UNJUDGED_REASONS[reason] : `${UNJUDGED_REASONS[reason]}: ${detail}`,
  ]);
  return ['not judged again', ...formatTable(rows), ''];
}

const MS_PER_SECOND = 1000;

function formatCounts({ read, judged, flipped, durationMs }: ShownReplay): string {
  const seconds = durationMs / MS_PER_SECOND;
  const rate = seconds > 0 ? Math.round(read / seconds) : read;
  return `${formatCount(read, 'record', 'records')}, ${formatNumber(judged)} judged again, ${formatNumber(flipped)} flipped (${seconds.toFixed(1)} s, ${formatNumber(rate)} a second)`;
}
