/** Finds the rule for a record. */
import { ANY_VALUE, type AuditRecord } from '../audit/audit-record.ts';
import type { IncidentRule } from './settings.ts';
import type { Attempt } from './incident.ts';

type Match = IncidentRule['match'];
export type DecisionFacet = Attempt['decision'];

/** The first rule all of whose conditions hold. */
export function matchRule(
  record: AuditRecord,
  rules: readonly IncidentRule[],
): IncidentRule | undefined {
  const facets = listFacets(record);
  return rules.find(
    ({ match, ignore }) =>
      matchesRequest(record, match, ignore) &&
      matchesActor(record, match) &&
      matchesJudgement(record, facets, match),
  );
}

/** All results of the request; the most severe first. */
export function listFacets({ allowed, policies }: AuditRecord): readonly DecisionFacet[] {
  const statuses = new Set<string>(policies.map(({ status }) => status));
  const facets: DecisionFacet[] = [];
  if (!allowed) facets.push('denied');
  if (statuses.has('unavailable')) facets.push('unavailable');
  if (allowed && statuses.has('warned')) facets.push('warned');
  // A policy in audit mode reports what it would deny: its `denied` is an audit finding.
  if (statuses.has('audited')) facets.push('audited');
  if (allowed) facets.push('allowed');
  return facets;
}

function matchesRequest(
  { operation, object, managedBy, folded }: AuditRecord,
  match: Match,
  ignores: boolean,
): boolean {
  // Refusals that a record counts without listing them may be of any object: an attacker must not choose which rule
  // misses them.
  const isUnlisted = folded?.unlisted !== undefined && object.name === ANY_VALUE;
  if (isUnlisted) return !ignores && isAmong(operation, match.operations);
  return (
    isAmong(operation, match.operations) &&
    isAmong(object.kind, match.kinds) &&
    isAmong(managedBy?.app ?? '', match.apps) &&
    isInNamespaces(object.namespace, match.namespaces)
  );
}

function matchesActor({ user, actor, grant }: AuditRecord, match: Match): boolean {
  return (
    isAmong(user.username, match.usernames) &&
    isAmong(actor?.class ?? '', match.actorClasses) &&
    isAmong(actor?.proof.grade ?? '', match.proofGrades) &&
    (match.proofSufficient === undefined || actor?.proof.sufficient === match.proofSufficient) &&
    (match.grant === undefined || (grant !== undefined) === match.grant)
  );
}

function matchesJudgement(
  { code, policies }: AuditRecord,
  facets: readonly DecisionFacet[],
  match: Match,
): boolean {
  const objecting = policies.filter(({ status }) => status !== 'passed');
  return (
    facets.some((facet) => isAmong(facet, match.decisions)) &&
    [code, ...objecting.flatMap(({ codes }) => codes)].some((one) => isAmong(one, match.codes)) &&
    (match.policies === undefined ||
      objecting.some(({ policy }) => isAmong(policy, match.policies)))
  );
}

function isAmong(value: string, list: readonly string[] | undefined): boolean {
  return list === undefined || list.includes(value);
}

function isInNamespaces(namespace: string, patterns: readonly string[] | undefined): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern,
  );
}
