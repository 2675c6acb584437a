/**
 * One chat message for a batch. Source: Slack "Formatting text for app surfaces"; Mattermost and Rocket.Chat
 * use the same format.
 */
import { formatPlace, formatResource } from '../../kubernetes/object-reference.ts';
import type { AuditRecord } from '../../audit/audit-record.ts';
import type { JournalEntry } from '../../audit/journal.ts';
import { classifyDecision, DECISION_KINDS, shownVerdict } from '../../audit/classify-decision.ts';
import type { DecisionKind } from '../../audit/classify-decision.ts';

export interface SlackFormat {
  readonly cluster: string;
  /** The number of decisions with their own line; the rest is counted. */
  readonly linesMax: number;
  /** Where people see a decision, with `{replica}` for the one that has its record. Absent: nowhere. */
  readonly dashboardUrl?: string | undefined;
}

/** One record is one line of the message. */
const VALUE_CHARS_MAX = 200;

/** The most severe decisions first, in order within each kind. */
export function formatSlack(
  entries: readonly JournalEntry[],
  { cluster, linesMax, dashboardUrl }: SlackFormat,
): string {
  const groups = Map.groupBy(entries, ({ record }) => classifyDecision(record));
  const sorted = DECISION_KINDS.flatMap((kind) => groups.get(kind) ?? []);
  const shown = sorted.slice(0, linesMax);
  const hidden = sorted.length - shown.length;
  return [
    `*Holdfast*, cluster ${code(cluster)}: ${countKinds(groups)}`,
    ...shown.map(({ record }) => `• ${describe(record, dashboardUrl)}`),
    ...(hidden === 0 ? [] : [`… and ${hidden} more`]),
  ].join('\n');
}

function countKinds(groups: ReadonlyMap<DecisionKind, readonly unknown[]>): string {
  return DECISION_KINDS.flatMap((kind) => {
    const count = groups.get(kind)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${kind}`];
  }).join(', ');
}

function describe(record: AuditRecord, dashboardUrl: string | undefined): string {
  const { object, user, operation, dryRun, folded } = record;
  const subresource = object.subresource && `/${object.subresource}`;
  const what = `${operation} ${formatResource(object)}${subresource} ${formatPlace(object)}`;
  const dry = dryRun ? ' (dry run)' : '';
  const times = folded === undefined ? '' : ` ×${folded.count}`;
  return `${classifyDecision(record)}${times}${dry}: ${code(what)} by ${code(user.username)}, ${code(shownVerdict(record).code)}, decision ${link(record, dashboardUrl)}`;
}

/** Encoded: nothing that a record says can end the link or lead elsewhere. */
function link({ decisionId, replica }: AuditRecord, dashboardUrl: string | undefined): string {
  if (dashboardUrl === undefined) return code(decisionId);
  const url = dashboardUrl.replaceAll('{replica}', encodeURIComponent(replica));
  const id = encodeURIComponent(decisionId);
  return `<${url}/decisions/${id}|${id}>`;
}

/**
 * A user-chosen value as inline code, in which links, emphasis and mentions are inactive: otherwise the name of an
 * object could mention a whole channel or fake a link. Backticks become apostrophes, so that the value cannot end the
 * code; the three escapes disable `<!channel>`.
 */
function code(value: string): string {
  const line = value.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').replaceAll('`', "'");
  const cut = line.length > VALUE_CHARS_MAX ? `${line.slice(0, VALUE_CHARS_MAX - 1)}…` : line;
  const escaped = cut
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  return `\`${escaped}\``;
}
