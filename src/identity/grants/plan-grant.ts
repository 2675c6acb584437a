/** Builds the text that approvers sign from a request for a grant. */
import type { WallMs } from '../../base/clock.ts';
import { parseGrant, type Grant, type ParsedGrant } from './parse-grant.ts';

export interface GrantRequest {
  readonly subject: string;
  readonly groups: readonly string[];
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
  readonly resources: readonly string[];
  readonly names: readonly string[];
  readonly verbs: readonly string[];
  readonly reason: string;
  readonly ticket: string;
  readonly minutes: number;
  readonly uses: number;
}

const MS_PER_MINUTE = 60_000;

/** The grant, valid from now; refused if a value is not allowed in a grant. */
export function planGrant(
  { minutes, subject, groups, reason, ticket, uses, ...scope }: GrantRequest,
  { id, nowMs }: { readonly id: string; readonly nowMs: WallMs },
): ParsedGrant {
  // Whole seconds: people read these times.
  const beginMs = Math.floor(nowMs / 1000) * 1000;
  const grant = {
    id,
    subject,
    groups,
    scope,
    reason,
    ticket,
    notBefore: new Date(beginMs).toISOString(),
    expires: new Date(beginMs + minutes * MS_PER_MINUTE).toISOString(),
    uses,
  };
  return parseGrant(JSON.stringify(grant));
}

/** The summary that an approver reads before signing, one line per property. */
export function formatGrant(grant: Grant): readonly string[] {
  const { scope } = grant;
  const members = grant.groups.length === 0 ? '' : `, while in ${grant.groups.join(' or ')}`;
  return [
    `grant     ${grant.id}`,
    `who       ${grant.subject}${members}`,
    `what      ${scope.verbs.join(', ')} of ${scope.resources.join(', ')}`,
    `names     ${scope.names.join(', ')}`,
    `where     ${scope.namespaces.map(shownNamespace).join(', ')} on cluster ${scope.clusters.join(', ')}`,
    `when      ${grant.notBefore} to ${grant.expires}`,
    `uses      ${String(grant.uses)}`,
    `why       ${grant.reason}${grant.ticket === '' ? '' : ` (${grant.ticket})`}`,
  ];
}

function shownNamespace(namespace: string): string {
  if (namespace === '*') return 'every namespace and outside of them';
  return namespace === '' ? 'outside of namespaces' : `namespace ${namespace}`;
}
