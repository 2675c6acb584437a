/** Whether a sink hears of a record. */
import type { AuditRecord } from '../audit/audit-record.ts';

/** Every condition that is given must hold. */
export interface SinkFilter {
  readonly decisions?: readonly ('allowed' | 'denied')[] | undefined;
  readonly codes?: readonly string[] | undefined;
  /** Policies that did not pass. */
  readonly policies?: readonly string[] | undefined;
  /** Exact, or a beginning followed by `*`; empty for objects of the whole cluster. */
  readonly namespaces?: readonly string[] | undefined;
  readonly actorClasses?: readonly string[] | undefined;
  readonly dryRun: boolean;
}

/** True where the record passes. One without an actor passes no list of classes. */
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
  // "*" means every namespace; what belongs to the whole cluster is in none.
  return namespace !== '' && namespace.startsWith(pattern.slice(0, -1));
}
