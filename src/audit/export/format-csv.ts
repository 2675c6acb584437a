/** Records as comma separated values (RFC 4180), safe to open in a spreadsheet. */
import type { FoundEntry } from '../query/search-journal.ts';
import { classifyDecision, shownVerdict } from '../classify-decision.ts';
import { objectingPolicies, parseRecord, type StoredRecord } from '../journal/parse-record.ts';

const COLUMNS: readonly (readonly [string, (record: StoredRecord) => string])[] = [
  ['time', ({ time }) => time],
  ['decision', classifyDecision],
  ['code', (record) => shownVerdict(record).code],
  ['user', ({ user }) => user.username],
  ['user_groups', ({ user }) => user.groups.join(' ')],
  ['actor_class', ({ actor }) => actor?.class ?? ''],
  ['operation', ({ operation }) => operation],
  ['dry_run', ({ dryRun }) => String(dryRun)],
  ['group', ({ object }) => object.group],
  ['resource', ({ object }) => object.resource],
  ['subresource', ({ object }) => object.subresource],
  ['namespace', ({ object }) => object.namespace],
  ['name', ({ object }) => object.name],
  [
    'managed_by',
    ({ managedBy }) => (managedBy === undefined ? '' : `${managedBy.tool} ${managedBy.app}`),
  ],
  ['policies', (record) => objectingPolicies(record).join(' ')],
  ['message', (record) => shownVerdict(record).message],
  ['count', ({ folded }) => String(folded?.count ?? 1)],
  ['grant', ({ grant }) => grant?.id ?? ''],
  ['ticket', ({ grant }) => grant?.ticket ?? ''],
  ['decision_id', ({ decisionId }) => decisionId],
  ['policy_revision', ({ policyRevision }) => policyRevision],
  ['configuration_hash', ({ configurationHash }) => configurationHash],
];
const PLACE_COLUMNS = ['cluster', 'replica', 'chain', 'sequence', 'hash'];

/** Characters with which a spreadsheet formula begins (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u;

/** The line of the column names, without its line end. */
export function formatCsvHead(): string {
  return [...COLUMNS.map(([name]) => name), ...PLACE_COLUMNS].join(',');
}

/** One entry as a line, without its line end. For an unreadable record, only its position. */
export function formatCsvRow({ entry, origin }: FoundEntry): string {
  const record = parseRecord(entry.recordJson);
  const cells = COLUMNS.map(([, read]) => (record === undefined ? '' : read(record)));
  const place = [origin.cluster, origin.replica, origin.chain, String(entry.sequence), entry.hash];
  return [...cells, ...place].map(formatCell).join(',');
}

/** Attackers choose names: one that begins like a formula must stay text in an investigator's spreadsheet. */
function formatCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
