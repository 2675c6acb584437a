/** What is searched for in journals, and whether a record matches: the same conditions as `plan-search.ts`, for readers that see every entry. */
import { objectingPolicies, type StoredRecord } from '../journal/parse-record.ts';

/** True where every condition holds. */
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

/** Whether a pattern means an object. */
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

/** A resource with its place, as far as it was given. All texts are compared as they are, the resource in small letters. */
export interface ObjectPattern {
  /** Plural names that the given word may stand for: `deployment` is `deployments`; empty where any will do. */
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
  /** A policy that did not simply pass. */
  readonly policy?: string | undefined;
}
