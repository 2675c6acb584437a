/** Builds the SQL statement that finds the newest matching entries of a segment by its indexes. */
import type { DecisionKind } from '../classify-decision.ts';
import type { EntryFilter } from './match-entry.ts';

/** The code of an answer has an index; that of a denial which only the mode of its policies prevented is searched by itself. */
export interface SegmentFilter extends EntryFilter {
  readonly wouldDenyCode?: string | undefined;
  /** Only entries before this one, in the order of their sequences. */
  readonly beforeSequence?: number | undefined;
}

/** A range of the index on `object`: one object, or all keys between two texts. */
export type ObjectRange =
  | { readonly exact: string }
  | {
      readonly from: string;
      /** Not included. */
      readonly to: string;
      /** Of these, only keys with this suffix. */
      readonly ending?: string | undefined;
    };

export interface SearchPlan {
  /** Returns one column, `sequence`, the newest first. */
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

interface Condition {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** The statement for one range of objects, or for all objects if `range` is absent. */
export function planSearch(
  filter: SegmentFilter,
  range: ObjectRange | undefined,
  limit: number,
): SearchPlan {
  const { sinceMs, untilMs, username, namespace, decision, code, policy, decisionId, commit } =
    filter;
  const { wouldDenyCode, beforeSequence } = filter;
  const isSelective = [range, username, namespace, decisionId].some((value) => value !== undefined);
  const conditions = [
    ...(range === undefined ? [] : rangeConditions(range)),
    ...(decisionId === undefined ? [] : [condition('decision_id = ?', decisionId)]),
    ...(username === undefined ? [] : [condition('username = ?', username)]),
    ...(namespace === undefined ? [] : [condition('namespace = ?', namespace)]),
    ...(code === undefined ? [] : [condition('code = ?', code)]),
    ...(decision === undefined ? [] : decisionConditions(decision)),
    ...(sinceMs === undefined ? [] : [condition('time_ms >= ?', sinceMs)]),
    ...(untilMs === undefined ? [] : [condition('time_ms < ?', untilMs)]),
    ...(policy === undefined ? [] : [policyCondition(policy, isSelective)]),
    ...(commit === undefined ? [] : [commitCondition(commit)]),
    ...(wouldDenyCode === undefined ? [] : [wouldDenyCondition(wouldDenyCode)]),
    // With the table, as the one of policies has the same column.
    ...(beforeSequence === undefined ? [] : [condition('entries.sequence < ?', beforeSequence)]),
  ];
  const where = conditions.map(({ sql }) => sql).join(' AND ');
  const source =
    policy === undefined || isSelective
      ? 'entries'
      : // What a policy objected to is less than the rest: its table leads.
        'entry_policies CROSS JOIN entries USING (sequence)';
  // For a filter by time alone, the index on time gives the order; the other indexes contain the sequence.
  const isByTime =
    !isSelective && [policy, code, beforeSequence].every((value) => value === undefined);
  const order =
    isByTime && (sinceMs ?? untilMs) !== undefined
      ? 'time_ms DESC, sequence DESC'
      : 'sequence DESC';
  return {
    sql: `SELECT sequence FROM ${source}${where === '' ? '' : ` WHERE ${where}`} ORDER BY ${order} LIMIT ?`,
    parameters: [...conditions.flatMap(({ parameters }) => parameters), limit],
  };
}

function condition(sql: string, parameter: string | number): Condition {
  return { sql, parameters: [parameter] };
}

/** The column has whether it was allowed; the record has the rest: what `isDecision` says. */
function decisionConditions(decision: DecisionKind): readonly Condition[] {
  if (decision === 'denied') return [{ sql: 'allowed = 0', parameters: [] }];
  const allowed = { sql: 'allowed = 1', parameters: [] };
  if (decision === 'allowed') return [allowed];
  return [
    allowed,
    // Only where a policy objected is a record parsed.
    ...(OBJECTED.has(decision) ? [{ sql: HAS_OBJECTION, parameters: [] }] : []),
    condition(`${KIND_OF_ALLOWED} = ?`, decision),
  ];
}

const OBJECTED: ReadonlySet<DecisionKind> = new Set(['unjudged', 'warned', 'audited']);
const HAS_OBJECTION = 'sequence IN (SELECT sequence FROM entry_policies)';

const KIND_OF_ALLOWED = `CASE
  WHEN NOT json_valid(record) THEN ''
  WHEN json_type(record, '$.grant') = 'object' THEN 'granted'
  WHEN ${hasStatus('unavailable')} THEN 'unjudged'
  WHEN ${hasStatus('warned')} THEN 'warned'
  WHEN ${hasStatus('audited')} THEN 'audited' END`;

function hasStatus(status: 'unavailable' | 'warned' | 'audited'): string {
  return `EXISTS (SELECT 1 FROM json_each(record, '$.policies') WHERE json_extract(value, '$.status') = '${status}')`;
}

function wouldDenyCondition(code: string): Condition {
  return condition(
    `${HAS_OBJECTION} AND json_valid(record) AND json_extract(record, '$.wouldDeny.code') = ?`,
    code,
  );
}

function policyCondition(policy: string, isSelective: boolean): Condition {
  return condition(
    isSelective
      ? 'EXISTS (SELECT 1 FROM entry_policies WHERE policy = ? AND entry_policies.sequence = entries.sequence)'
      : 'policy = ?',
    policy,
  );
}

/**
 * No index has the commits, which few searches ask for: the text of each record is looked through for a value that begins so,
 * and only then parsed. A text that is no record is found by `audit verify`.
 */
function commitCondition(commit: string): Condition {
  return {
    sql: COMMIT_CONDITION,
    parameters: [`"${commit}`, commit.length, commit, commit.length, commit],
  };
}

const COMMIT_CONDITION = `CASE WHEN instr(record, ?) > 0 AND json_valid(record) THEN (
  substr(json_extract(record, '$.source.revision'), 1, ?) = ? OR EXISTS (
    SELECT 1 FROM json_each(record, '$.source.commits') WHERE substr(json_extract(value, '$.objectId'), 1, ?) = ?
  )) ELSE 0 END`;

function rangeConditions(range: ObjectRange): readonly Condition[] {
  if ('exact' in range) return [condition('object = ?', range.exact)];
  const { from, to, ending } = range;
  return [
    { sql: 'object >= ? AND object < ?', parameters: [from, to] },
    ...(ending === undefined
      ? []
      : [{ sql: 'substr(object, -?) = ?', parameters: [ending.length, ending] }]),
  ];
}
