/**
 * The grant that lets a refused request pass, if somebody presented one: verified, matched, and with one of its uses
 * taken before it counts.
 */
import { createHash } from 'node:crypto';
import type { Clock, MonotonicMs } from '../../base/clock.ts';
import { ExpiringCache } from '../../base/expiring-cache.ts';
import type { Unavailable } from '../../base/known.ts';
import type { ErrorCode } from '../../errors.ts';
import type { AdmissionRequest } from '../../kubernetes/admission-request.ts';
import { matchGrant, type GrantCircumstances } from './match-grant.ts';
import type { Grant } from './parse-grant.ts';
import { planScheduledGrant, type OpenSchedule } from './plan-scheduled-grant.ts';
import { verifyGrant, type GrantRules, type VerifiedGrant } from './verify-grant.ts';
import { BREAK_GLASS_LIMITS, type GrantLimits } from './settings.ts';
import type { WriteTarget } from './write-target.ts';

/** The annotation that presents a grant on the object itself. */
export const GRANT_ANNOTATION = 'holdfast.dev/break-glass-grant';

/** The grants that lie in the cluster as objects and call themselves one person's, and all ids that were revoked there. */
export type PresentedGrants =
  | {
      readonly status: 'known';
      readonly tokens: readonly string[];
      readonly revokedIds: readonly string[];
      /** Objects in the name of this person that do not count. */
      readonly problems: readonly RefusedGrant[];
    }
  | Unavailable<ErrorCode>;

/** Takes one use of a grant; `use` counts from 1. Refused if none is left in any replica's count. */
export type UseTaken =
  | { readonly status: 'taken'; readonly use: number }
  | { readonly status: 'used-up' }
  | Unavailable<ErrorCode>;

export interface GrantUse {
  readonly decisionId: string;
  readonly object: string;
  readonly time: string;
  readonly target?: WriteTarget | undefined;
}

export interface GrantFinderOptions extends Omit<GrantLimits, 'listCacheMs' | 'returnAfterMs'> {
  readonly cluster: string;
  readonly rules: GrantRules;
  readonly revokedIds: readonly string[];
  /** Those of the configuration. */
  readonly schedules: readonly OpenSchedule[];
  readonly findPresented: (subject: string, deadlineAtMs: MonotonicMs) => Promise<PresentedGrants>;
  readonly takeUse: (grant: Grant, use: GrantUse, deadlineAtMs: MonotonicMs) => Promise<UseTaken>;
  readonly clock: Clock;
}

/** A grant that was used, for the record. */
export interface UsedGrant {
  readonly id: string;
  readonly subject: string;
  readonly reason: string;
  readonly ticket: string;
  readonly expires: string;
  readonly approvers: readonly string[];
  readonly use: number;
  readonly usesLeft: number;
}

/** A grant of this person that does not apply, and why. */
export interface RefusedGrant {
  readonly id?: string | undefined;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** A grant that covers the request, before a use is taken. */
export interface CoveringGrant {
  readonly id: string;
  /** Whether its scope names the request's resource explicitly, not with `*`. */
  readonly namesResource: boolean;
  readonly use: (
    use: GrantUse,
    deadlineAtMs: MonotonicMs,
  ) => Promise<
    | { readonly ok: true; readonly grant: UsedGrant }
    | { readonly ok: false; readonly refused: RefusedGrant }
  >;
}

export interface FoundGrants {
  /** The one that expires first, if several cover the request. */
  readonly covering?: CoveringGrant | undefined;
  readonly refused: readonly RefusedGrant[];
}

export type GrantFinder = (
  request: AdmissionRequest,
  deadlineAtMs: MonotonicMs,
) => Promise<FoundGrants>;

/**
 * Signatures do not change: only memory limits how long results are cached. Whether a grant is still valid is
 * checked at each use.
 */
const VERIFIED_LIFE_MS = 60 * 60 * 1000;

/** Builds the finder once from the configuration. Never rejects. */
export function createGrantFinder(options: GrantFinderOptions): GrantFinder {
  // Signatures do not change: a verified grant is not verified again for every denial of a retry loop.
  const verified = new ExpiringCache<VerifiedGrant>({
    lifeMs: VERIFIED_LIFE_MS,
    // All that a list can hold: where fewer were kept, the first would be verified again before the last was reached.
    entriesMax: BREAK_GLASS_LIMITS['breakGlass.objectsMax'].default + options.candidatesMax,
  });
  return async function findGrant(request, deadlineAtMs) {
    const { tokens, own, revokedIds, problems } = await collect(options, request, deadlineAtMs);
    const circumstances: GrantCircumstances = {
      ...options,
      nowMs: options.clock.wallMs(),
      revokedIds: new Set([...options.revokedIds, ...revokedIds]),
    };
    const refused: RefusedGrant[] = [...problems];
    const scheduled = findScheduled(request, { options, circumstances });
    const covering: Approved[] = [...scheduled.covering];
    refused.push(...scheduled.refused);
    let verifications = 0;
    for (const token of tokens) {
      const known = verified.get(keyOf(token), options.clock.monotonicMs());
      if (known === undefined && verifications >= options.candidatesMax) {
        // First: where many do not help, the last are not told.
        refused.unshift(notVerified(options));
        break;
      }
      if (known === undefined) verifications += 1;
      const checked = known ?? (await verifyAndKeep(token, { options, verified }));
      if (!checked.ok) {
        if (token === own || checked.subject === request.userInfo.username) refused.push(checked);
        continue;
      }
      const match = matchGrant(checked.grant, request, circumstances);
      if (match.matches) covering.push(checked);
      // Never reveal the grants of other people.
      else if (match.code !== 'grant_wrong_subject') {
        refused.push({ id: checked.grant.id, code: match.code, reason: match.reason });
      }
    }
    const [first] = covering.toSorted((a, b) => a.grant.expires.localeCompare(b.grant.expires));
    return { ...(first && { covering: usable(first, options) }), refused };
  };
}

type Approved = Extract<VerifiedGrant, { ok: true }>;

/** Grants of schedules whose hours are now; those of others that would cover the request say when they are not. */
function findScheduled(
  request: AdmissionRequest,
  {
    options,
    circumstances,
  }: { readonly options: GrantFinderOptions; readonly circumstances: GrantCircumstances },
): { readonly covering: readonly Approved[]; readonly refused: readonly RefusedGrant[] } {
  // The configuration bounds what others approve, not itself.
  const unbounded = { ...circumstances, lifetimeMaxMs: Infinity, usesMax: Infinity };
  const { username } = request.userInfo;
  const { nowMs, cluster } = circumstances;
  const covering: Approved[] = [];
  const refused: RefusedGrant[] = [];
  for (const schedule of options.schedules) {
    const planned = planScheduledGrant(schedule, { username, cluster, nowMs });
    if (planned === undefined) continue;
    const { grant, isOpen } = planned;
    const match = matchGrant(grant, request, unbounded);
    const { id } = grant;
    if (isOpen && match.matches) covering.push({ ok: true, grant, approvers: [] });
    else if (isOpen && !match.matches) refused.push({ id, code: match.code, reason: match.reason });
    else if (match.matches) {
      refused.push({ id, code: 'grant_not_yet_valid', reason: 'its hours are not now' });
    }
  }
  return { covering, refused };
}

interface Verification {
  readonly options: GrantFinderOptions;
  readonly verified: ExpiringCache<VerifiedGrant>;
}

async function verifyAndKeep(
  token: string,
  { options, verified }: Verification,
): Promise<VerifiedGrant> {
  const checked = await verifyGrant(token, options.rules);
  verified.set(keyOf(token), checked, options.clock.monotonicMs());
  return checked;
}

// Tokens are long, and kept for an hour.
function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

// What was verified is kept, so that the same request gets further the next time: whoever presents junk in somebody's
// name delays their grant, and cannot hide it.
function notVerified({ candidatesMax }: GrantFinderOptions): RefusedGrant {
  const reason = `more than ${String(candidatesMax)} grants that nobody has looked at yet name this person; send the request again, or delete them`;
  return { code: 'grant_candidates_exceeded', reason };
}

interface Collected {
  readonly tokens: readonly string[];
  /** The one on the object itself. */
  readonly own?: string | undefined;
  readonly revokedIds: readonly string[];
  readonly problems: readonly RefusedGrant[];
}

async function collect(
  options: GrantFinderOptions,
  request: AdmissionRequest,
  deadlineAtMs: MonotonicMs,
): Promise<Collected> {
  const annotated = request.object?.metadata?.annotations?.[GRANT_ANNOTATION];
  const own = typeof annotated === 'string' ? [annotated] : [];
  const presented = await options.findPresented(request.userInfo.username, deadlineAtMs);
  const short = (token: string): boolean => token.length <= options.tokenCharsMax;
  if (presented.status === 'known') {
    const tokens = [...new Set([...own, ...presented.tokens])].filter(short);
    const { revokedIds, problems } = presented;
    return { tokens, own: own[0], revokedIds, problems };
  }
  // Revocations are stored there too: if they cannot be read, a grant may be revoked, so none applies.
  const reason = `grants and revocations could not be looked up: ${presented.reason}`;
  const problems = own.length === 0 ? [] : [{ code: presented.code, reason }];
  return { tokens: [], revokedIds: [], problems };
}

function usable({ grant, approvers }: Approved, { takeUse }: GrantFinderOptions): CoveringGrant {
  const { id, subject, reason, ticket, expires, uses } = grant;
  return {
    id,
    namesResource: !grant.scope.resources.includes('*'),
    use: async (use, deadlineAtMs) => {
      const taken = await takeUse(grant, use, deadlineAtMs);
      switch (taken.status) {
        case 'taken': {
          const usesLeft = uses - taken.use;
          const used = {
            id,
            subject,
            reason,
            ticket,
            expires,
            approvers,
            use: taken.use,
            usesLeft,
          };
          return { ok: true, grant: used };
        }
        case 'used-up':
          return {
            ok: false,
            refused: {
              id,
              code: 'grant_used_up',
              reason: `all of its ${String(uses)} uses are taken`,
            },
          };
        case 'unavailable':
          return {
            ok: false,
            refused: {
              id,
              code: taken.code,
              reason: `its use could not be counted: ${taken.reason}`,
            },
          };
      }
    },
  };
}
