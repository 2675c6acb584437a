/**
 * The filter of a search, and whether a record matches: the conditions of `plan-search.ts`, for readers that
 * read every entry.
 */
import { objectingPolicies, type StoredRecord } from '../journal/parse-record.ts';

/** True if every condition holds. */
export function matchEntry(record: StoredRecord, filter: EntryFilter): boolean {
  const { sinceMs, untilMs, username, namespace, allowed, code, policy, object } = filter;
  const timeMs = Date.parse(record.time);
  return (
    (sinceMs === undefined || timeMs >= sinceMs) &&
    (untilMs === undefined || timeMs < untilMs) &&
    isSame(username, record.user.username) &&
    isSame(namespace, record.object.namespace) &&
    isSame(allowed, record.allowed) &&
    isSame(code, record.code) &&
    (policy === undefined || objectingPolicies(record).includes(policy)) &&
    (object === undefined || matchObject(record.object, object))
  );
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
  readonly allowed?: boolean | undefined;
  readonly code?: string | undefined;
  /** A policy that did not pass. */
  readonly policy?: string | undefined;
}
