/** Builds the text that approvers sign from a request for a grant. */
import type { WallMs } from '../../base/clock.ts';
import { findExcess } from './find-excess.ts';
import {
  findRequestProblems,
  type GrantProblem,
  type GrantRequest,
} from './find-request-problems.ts';
import { parseGrant, type Grant } from './parse-grant.ts';
import type { GrantLimits } from './settings.ts';

export interface GrantCreation {
  readonly id: string;
  readonly nowMs: WallMs;
  readonly limits: Pick<GrantLimits, 'lifetimeMaxMs' | 'usesMax'>;
}

export type PlannedGrant =
  | { readonly ok: true; readonly grant: Grant }
  | {
      readonly ok: false;
      /** One or more. */
      readonly problems: readonly GrantProblem[];
      /** Whether the limits of the configuration refuse it, and nothing else. */
      readonly isBeyondLimits: boolean;
    };

const MS_PER_MINUTE = 60_000;

/** The grant, valid from now. Refused where it could never help, or allows more than the limits. */
export function planGrant(asked: GrantRequest, creation: GrantCreation): PlannedGrant {
  const problems = findRequestProblems(asked);
  if (problems.length > 0) return { ok: false, problems, isBeyondLimits: false };
  const { id, nowMs, limits } = creation;
  const { minutes, subject, groups, reason, ticket, uses, ...scope } = asked;
  // Whole seconds: people read these times.
  const beginMs = Math.floor(nowMs / 1000) * 1000;
  const validity = {
    notBefore: new Date(beginMs).toISOString(),
    expires: new Date(beginMs + Number(minutes) * MS_PER_MINUTE).toISOString(),
    uses: Number(uses),
  };
  const excesses = findExcess(validity, limits).map(({ option, key, max, found }) => ({
    option,
    problem: `Expected at most ${String(max)} (${key}), found ${String(found)}`,
  }));
  if (excesses.length > 0) return { ok: false, problems: excesses, isBeyondLimits: true };
  const text = JSON.stringify({ id, subject, groups, scope, reason, ticket, ...validity });
  const parsed = parseGrant(text);
  if (parsed.ok) return parsed;
  const problem = `The grant cannot be made: ${parsed.reason}`;
  return { ok: false, problems: [{ option: 'subject', problem }], isBeyondLimits: false };
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
