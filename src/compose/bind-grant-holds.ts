/**
 * Holds the healing of objects that an open grant covers: somebody works on them, and what they change is theirs to put back. Signatures
 * are verified, so that no object of the cluster alone keeps drift from being healed.
 */
import type { Clock } from '../base/clock.ts';
import { ExpiringCache } from '../base/expiring-cache.ts';
import type { Configuration } from '../config/schema.ts';
import type { HoldFinder } from '../drift/healing/prepare-repair.ts';
import { createGrantObjects } from '../identity/grants/grant-objects.ts';
import { matchGrantedObject } from '../identity/grants/match-grant.ts';
import { verifyGrant, type VerifiedGrant } from '../identity/grants/verify-grant.ts';
import { BREAK_GLASS_LIMITS } from '../identity/grants/settings.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import { readApprovers } from './bind-grants.ts';

export interface GrantHoldDependencies {
  readonly client: ConnectedCluster;
  readonly clock: Clock;
}

/** Signatures do not change; whether a grant is open is looked at each time. */
const VERIFIED_MS = 60 * 60 * 1000;

/** Nothing is held where nobody can be granted anything. Throws `grant_key_unusable` for a key that cannot be read. */
export async function bindGrantHolds(
  { breakGlass, cluster }: Pick<Configuration, 'breakGlass' | 'cluster'>,
  { client, clock }: GrantHoldDependencies,
): Promise<HoldFinder> {
  if (breakGlass.approvers.length === 0) return () => Promise.resolve({ status: 'free' });
  const { limits, namespace, approvalsRequired, revoked } = breakGlass;
  const rules = { approvers: await readApprovers(breakGlass), approvalsRequired };
  const objects = createGrantObjects({
    ...limits,
    client,
    clock,
    namespace,
    firstSeenMs: new Map(),
  });
  const verified = new ExpiringCache<VerifiedGrant>({
    lifeMs: VERIFIED_MS,
    entriesMax: BREAK_GLASS_LIMITS['breakGlass.objectsMax'].default,
  });
  return async ({ object }, deadlineAtMs) => {
    const listed = await objects.list(deadlineAtMs);
    if (listed.status === 'unavailable') {
      return {
        status: 'held',
        reason: `whether a grant covers it cannot be read: ${listed.reason}`,
      };
    }
    const gone = listed.grants.filter((grant) => grant.revoked).flatMap(({ ids }) => ids);
    const circumstances = {
      ...limits,
      cluster: cluster.name,
      nowMs: clock.wallMs(),
      revokedIds: new Set([...revoked, ...gone]),
    };
    for (const { token, misleads } of listed.grants) {
      if (misleads || token.length > limits.tokenCharsMax) continue;
      const known = verified.get(token, clock.monotonicMs());
      const checked = known ?? (await verifyGrant(token, rules));
      if (known === undefined) verified.set(token, checked, clock.monotonicMs());
      if (!checked.ok || !matchGrantedObject(checked.grant, object, circumstances)) continue;
      const { id, subject } = checked.grant;
      return { status: 'held', reason: `the grant ${id} of "${subject}" covers it` };
    }
    return { status: 'free' };
  };
}
