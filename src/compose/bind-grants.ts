/** Binds break-glass grants: the approvers' keys, the grants in the cluster, and the count of their uses. */
import type { BreakGlass } from '../admission/ports.ts';
import { FollowedCalendar } from '../base/calendar/followed-calendar.ts';
import { openZone } from '../base/calendar/zone-clock.ts';
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
import type { OpenSchedule } from '../identity/grants/plan-scheduled-grant.ts';
import { MISLEADING } from '../identity/grants/match-shown.ts';
import type { Approver } from '../identity/grants/verify-grant.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface GrantDependencies {
  /** Absent without a cluster: then grants come as annotations, and only this process counts their uses. */
  readonly client?: ConnectedCluster | undefined;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly memory: GrantMemory;
}

/** What this process remembers of grants, over reloads. */
export interface GrantMemory {
  /** The writes that it has let pass under each grant, made or not: a protection against a reset of the shared count. */
  readonly attempts: Map<string, number>;
  /** When it has first seen a use, by its decision. */
  readonly firstSeenMs: Map<string, MonotonicMs>;
}

/** `undefined` if there are neither approvers nor schedules. Throws `grant_key_unusable` for a key that cannot be read. */
export async function bindGrants(
  { breakGlass, cluster }: Pick<Configuration, 'breakGlass' | 'cluster'>,
  { client, clock, metrics, memory }: GrantDependencies,
): Promise<BreakGlass | undefined> {
  if (!takesGrants(breakGlass)) return undefined;
  const { limits, namespace, approvalsRequired } = breakGlass;
  const objects = client && createGrantObjects({ client, clock, namespace, ...limits, ...memory });
  const find = createGrantFinder({
    ...limits,
    cluster: cluster.name,
    rules: { approvers: await readApprovers(breakGlass), approvalsRequired },
    revokedIds: breakGlass.revoked,
    schedules: openSchedules(breakGlass),
    findPresented: (subject, deadlineAtMs) => findPresented(objects, subject, deadlineAtMs),
    takeUse: bindTakeUse(objects, memory, metrics),
    clock,
  });
  return async (request, deadlineAtMs) => {
    const found = await find(request, deadlineAtMs);
    for (const { code } of found.refused) metrics.increment('holdfast_grants_total', { code });
    return found;
  };
}

/** Whether anybody can be let do what is refused. */
export function takesGrants({
  approvers,
  schedules,
}: Pick<Configuration['breakGlass'], 'approvers' | 'schedules'>): boolean {
  return approvers.length > 0 || schedules.length > 0;
}

function openSchedules({ schedules }: Configuration['breakGlass']): readonly OpenSchedule[] {
  return schedules.flatMap((schedule) => {
    // The schema has asked for it, by the same database.
    const zone = openZone(schedule.timeZone);
    return zone === undefined
      ? []
      : [{ ...schedule, calendar: new FollowedCalendar(schedule, zone) }];
  });
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
  { attempts }: Pick<GrantMemory, 'attempts'>,
  metrics: Metrics,
): GrantFinderOptions['takeUse'] {
  return async ({ id, uses }, use, deadlineAtMs) => {
    const attemptsAtLeast = attempts.get(id) ?? 0;
    const taken =
      objects === undefined
        ? takeAlone(attemptsAtLeast, uses)
        : await objects.takeUse(id, { ...use, usesMax: uses, attemptsAtLeast }, deadlineAtMs);
    if (taken.status === 'taken') {
      attempts.set(id, Math.max(taken.attempts, attempts.get(id) ?? 0));
      metrics.increment('holdfast_grants_total', { code: 'used' });
    }
    return taken;
  };
}

/** Without a cluster nothing tells whether a write was made. */
function takeAlone(
  attempts: number,
  usesMax: number,
):
  | { readonly status: 'taken'; readonly use: number; readonly attempts: number }
  | { readonly status: 'used-up' } {
  if (attempts >= usesMax) return { status: 'used-up' };
  return { status: 'taken', use: attempts + 1, attempts: attempts + 1 };
}
