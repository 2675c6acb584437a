/** Whether a record is one that is searched for: the same conditions as `plan-search.ts`, for readers that see every entry. */
import { objectingPolicies, type StoredRecord } from '../journal/parse-record.ts';
import type { EntryFilter, ObjectPattern } from './entry-filter.ts';

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
