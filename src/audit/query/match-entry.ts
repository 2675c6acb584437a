/**
 * The filter of a search, and whether a record matches: the conditions of `plan-search.ts`, for readers that
 * read every entry.
 */
import { isDecision, shownVerdict, type DecisionKind } from '../classify-decision.ts';
import { commitIds, objectingPolicies, type StoredRecord } from '../journal/parse-record.ts';
import { parseObjectKey } from '../verify/index-record.ts';

/** True if every condition holds. */
export function matchEntry(record: StoredRecord, filter: EntryFilter): boolean {
  const { sinceMs, untilMs, decision, code, policy, decisionId, commit } = filter;
  const timeMs = Date.parse(record.time);
  return (
    (sinceMs === undefined || timeMs >= sinceMs) &&
    (untilMs === undefined || timeMs < untilMs) &&
    isSame(decisionId, record.decisionId) &&
    (decision === undefined || isDecision(record, decision)) &&
    (code === undefined || record.code === code || shownVerdict(record).code === code) &&
    (policy === undefined || objectingPolicies(record).includes(policy)) &&
    (commit === undefined || commitIds(record).some((id) => id.startsWith(commit))) &&
    (matchSubject({ username: record.user.username, ...record.object }, filter) ||
      matchFolded(record, filter))
  );
}

interface Subject {
  readonly username: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

function matchSubject(
  subject: Subject,
  { username, namespace, object }: Pick<EntryFilter, 'username' | 'namespace' | 'object'>,
): boolean {
  return (
    isSame(username, subject.username) &&
    isSame(namespace, subject.namespace) &&
    (object === undefined || matchObject(subject, object))
  );
}

/** Whether a record of counted refusals lists one that matches, or may have counted one that it does not list. */
function matchFolded({ user, object, folded }: StoredRecord, filter: EntryFilter): boolean {
  if (folded?.by !== 'code') return false;
  const { refusals = [], unlisted = 0 } = folded;
  const isListed = refusals.some(({ username, object: key }) => {
    return matchSubject({ username, ...parseObjectKey(key) }, filter);
  });
  if (isListed || unlisted === 0) return isListed;
  const { username, namespace } = filter;
  return mayBe(user.username, username) && mayBe(object.namespace, namespace);
}

/** Where refusals differ, a record has `*` at the end. */
function mayBe(common: string, wanted: string | undefined): boolean {
  if (wanted === undefined || common === wanted) return true;
  return common.endsWith('*') && wanted.startsWith(common.slice(0, -1));
}

/** Whether a pattern matches an object. */
export function matchObject(
  object: Pick<StoredRecord['object'], 'group' | 'resource' | 'namespace' | 'name'>,
  { resources, group, namespace, name }: ObjectPattern,
): boolean {
  return (
    (resources.length === 0 || resources.includes(object.resource)) &&
    isSame(group, object.group) &&
    isSame(namespace, object.namespace) &&
    isSame(name, object.name)
  );
}

function isSame<Value>(wanted: Value | undefined, found: Value): boolean {
  return wanted === undefined || wanted === found;
}

/** A resource with the given parts of its name. Texts are compared exactly, the resource in lower case. */
export interface ObjectPattern {
  /** Plural names that the given word may mean: `deployment` is `deployments`; empty for any. */
  readonly resources: readonly string[];
  readonly group?: string | undefined;
  /** Empty for objects without a namespace. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Every condition must hold. */
export interface EntryFilter {
  /** From this moment on. */
  readonly sinceMs?: number | undefined;
  /** Before this moment. */
  readonly untilMs?: number | undefined;
  readonly username?: string | undefined;
  readonly namespace?: string | undefined;
  readonly object?: ObjectPattern | undefined;
  readonly decision?: DecisionKind | undefined;
  /** Of the answer, or of the denial that only the mode of its policies prevented. */
  readonly code?: string | undefined;
  /** A policy that did not pass. */
  readonly policy?: string | undefined;
  /** The decision that a denial names: its record, and those of refusals that were counted after it. */
  readonly decisionId?: string | undefined;
  /** The first digits of the commit that the object came from, in lower case. */
  readonly commit?: string | undefined;
}
