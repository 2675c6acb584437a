/** Decides whether a record is sent to a sink. */
import type { AuditRecord } from '../audit/audit-record.ts';
import { isDecision, shownVerdict } from '../audit/classify-decision.ts';
import { parseObjectKey } from '../audit/verify/index-record.ts';
import type { SinkFilter } from './settings.ts';

/** True if the record passes. A record without an actor passes no list of classes. */
export function matchesFilter(record: AuditRecord, filter: SinkFilter): boolean {
  const { decisions, codes, policies, namespaces, actorClasses, dryRun } = filter;
  if (record.dryRun && !dryRun) return false;
  if (!holds(decisions, (decision) => isDecision(record, decision))) {
    return false;
  }
  return (
    holds(codes, (code) => code === record.code || code === shownVerdict(record).code) &&
    holds(policies, (policy) => objected(record, policy)) &&
    isInNamespaces(record, namespaces) &&
    holds(actorClasses, (actorClass) => actorClass === record.actor?.class)
  );
}

function holds<Item>(list: readonly Item[] | undefined, matches: (item: Item) => boolean): boolean {
  return list === undefined || list.some(matches);
}

function objected({ policies }: AuditRecord, name: string): boolean {
  return policies.some(({ policy, status }) => policy === name && status !== 'passed');
}

/** A record of counted refusals is sent where it lists one of the namespaces, or may have counted one without listing it. */
function isInNamespaces(
  { object, folded }: AuditRecord,
  patterns: SinkFilter['namespaces'],
): boolean {
  const counted = [
    object.namespace,
    ...(folded?.refusals ?? []).map((refusal) => parseObjectKey(refusal.object).namespace),
  ];
  return (
    (folded?.unlisted ?? 0) > 0 ||
    holds(patterns, (pattern) => counted.some((namespace) => matchesNamespace(namespace, pattern)))
  );
}

function matchesNamespace(namespace: string, pattern: string): boolean {
  if (!pattern.endsWith('*')) return namespace === pattern;
  // "*" means every namespace; a cluster-scoped object is in none.
  return namespace !== '' && namespace.startsWith(pattern.slice(0, -1));
}
