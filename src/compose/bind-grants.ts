/** Binds break-glass grants: the approvers' keys, the grants in the cluster, and the count of their uses. */
import type { BreakGlass } from '../admission/ports.ts';
import type { Clock, MonotonicMs } from '../base/clock.ts';
import { readVerificationKey } from '../base/json-web-signature.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import { createGrantObjects, type GrantObjects } from '../identity/grants/grant-objects.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import {
  createGrantFinder,
  type GrantFinderOptions,
  type PresentedGrants,
} from '../identity/grants/find-grant.ts';
import { MISLEADING } from '../identity/grants/match-shown.ts';
import type { Approver } from '../identity/grants/verify-grant.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface GrantDependencies {
  /** Absent without a cluster: then grants come as annotations, and only this process counts their uses. */
  readonly client?: ConnectedCluster | undefined;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /**
   * The writes that this process has seen under each grant, made or not. It outlives a reload, and protects against a reset of the shared
   * count.
   */
  readonly attemptsSeen: Map<string, number>;
}

/** `undefined` if there are no approvers. Throws `grant_key_unusable` for a key that cannot be read. */
export async function bindGrants(
  { breakGlass, cluster }: Pick<Configuration, 'breakGlass' | 'cluster'>,
  { client, clock, metrics, attemptsSeen }: GrantDependencies,
): Promise<BreakGlass | undefined> {
  if (breakGlass.approvers.length === 0) return undefined;
  const { limits, namespace, approvalsRequired } = breakGlass;
  const objects = client && createGrantObjects({ client, clock, namespace, ...limits });
  const find = createGrantFinder({
    ...limits,
    cluster: cluster.name,
    rules: { approvers: await readApprovers(breakGlass), approvalsRequired },
    revokedIds: breakGlass.revoked,
    findPresented: (subject, deadlineAtMs) => findPresented(objects, subject, deadlineAtMs),
    takeUse: bindTakeUse(objects, attemptsSeen, metrics),
    clock,
  });
  return async (request, deadlineAtMs) => {
    const found = await find(request, deadlineAtMs);
    for (const { code } of found.refused) metrics.increment('holdfast_grants_total', { code });
    return found;
  };
}

/** The approvers of the configuration, with their keys read. */
export async function readApprovers({
  approvers,
}: Configuration['breakGlass']): Promise<readonly Approver[]> {
  return await Promise.all(
    approvers.map(async ({ name, key, username }) => {
      const read = await readVerificationKey(key);
      if (read.ok) return { name, key: read.key, username };
      throw new HoldfastError(
        'grant_key_unusable',
        `The key of breakGlass approver "${name}" cannot be used: ${read.reason}`,
      );
    }),
  );
}

async function findPresented(
  objects: GrantObjects | undefined,
  subject: string,
  deadlineAtMs: MonotonicMs,
): Promise<PresentedGrants> {
  if (objects === undefined) return { status: 'known', tokens: [], revokedIds: [], problems: [] };
  const listed = await objects.list(deadlineAtMs);
  if (listed.status === 'unavailable') return listed;
  const { grants } = listed;
  // Other people's grants, and junk, cost nothing and crowd out nobody's.
  const own = grants.filter((grant) => grant.subject === subject);
  return {
    status: 'known',
    tokens: own.filter(({ misleads }) => !misleads).map(({ token }) => token),
    // A revocation needs no signature: it can only take something away.
    revokedIds: grants.filter(({ revoked }) => revoked).flatMap(({ ids }) => ids),
    problems: own
      .filter(({ misleads }) => misleads)
      .map(({ name }) => ({
        id: name,
        code: 'grant_malformed',
        reason: MISLEADING,
      })),
  };
}

function bindTakeUse(
  objects: GrantObjects | undefined,
  attemptsSeen: Map<string, number>,
  metrics: Metrics,
): GrantFinderOptions['takeUse'] {
  return async ({ id, uses }, use, deadlineAtMs) => {
    const attemptsAtLeast = attemptsSeen.get(id) ?? 0;
    // Without a cluster nothing tells whether a write was made.
    if (objects === undefined && attemptsAtLeast >= uses) return { status: 'used-up' };
    // Counted before the shared count is written: two concurrent requests must not share a use.
    attemptsSeen.set(id, attemptsAtLeast + 1);
    const taken =
      objects === undefined
        ? ({ status: 'taken', use: attemptsAtLeast + 1, attempts: attemptsAtLeast + 1 } as const)
        : await objects.takeUse(id, { ...use, usesMax: uses, attemptsAtLeast }, deadlineAtMs);
    if (taken.status === 'taken') {
      attemptsSeen.set(id, Math.max(taken.attempts, attemptsSeen.get(id) ?? 0));
      metrics.increment('holdfast_grants_total', { code: 'used' });
    } else if (taken.status === 'used-up') {
      // Nothing was attempted: asking again must not use up what is given back later.
      attemptsSeen.set(id, Math.max(0, (attemptsSeen.get(id) ?? 0) - 1));
    }
    return taken;
  };
}
