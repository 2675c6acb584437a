/** Decides whether a record is sent to a sink. */
import type { AuditRecord } from '../audit/audit-record.ts';
import type { SinkFilter } from './settings.ts';

/** True if the record passes. A record without an actor passes no list of classes. */
export function matchesFilter(record: AuditRecord, filter: SinkFilter): boolean {
  const { decisions, codes, policies, namespaces, actorClasses, dryRun } = filter;
  if (record.dryRun && !dryRun) return false;
  if (!holds(decisions, (decision) => decision === (record.allowed ? 'allowed' : 'denied'))) {
    return false;
  }
  return (
    holds(codes, (code) => code === record.code) &&
    holds(policies, (policy) => objected(record, policy)) &&
    holds(namespaces, (pattern) => matchesNamespace(record.object.namespace, pattern)) &&
    holds(actorClasses, (actorClass) => actorClass === record.actor?.class)
  );
}

function holds<Item>(list: readonly Item[] | undefined, matches: (item: Item) => boolean): boolean {
  return list === undefined || list.some(matches);
}

function objected({ policies }: AuditRecord, name: string): boolean {
  return policies.some(({ policy, status }) => policy === name && status !== 'passed');
}

function matchesNamespace(namespace: string, pattern: string): boolean {
  if (!pattern.endsWith('*')) return namespace === pattern;
  // "*" means every namespace; a cluster-scoped object is in none.
  return namespace !== '' && namespace.startsWith(pattern.slice(0, -1));
}
