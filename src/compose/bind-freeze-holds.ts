/**
 * Holds the healing of what is frozen: a sync would deploy while nothing may be deployed, admission would refuse it, and people would be
 * paged for what somebody wants.
 */
import type { Clock } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import type { HoldFinder } from '../drift/healing/prepare-repair.ts';
import { FollowedFreezes } from '../freeze/followed-freezes.ts';
import { describeFreezes, type FreezeSources } from '../freeze/freeze-fact.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import type { Logger } from '../telemetry/logger.ts';
import { openSources, readsObjects } from './bind-freezes.ts';

export interface FreezeHoldDependencies {
  readonly client: Pick<ClusterClient, 'read' | 'watch'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface FreezeHolds {
  readonly findHold: HoldFinder;
  readonly close: () => Promise<void>;
}

type Settings = Pick<
  Configuration,
  'breakGlass' | 'cluster' | 'freeze' | 'identity' | 'kubernetes' | 'ownership'
>;

/** `undefined` where nothing can be frozen. */
export function bindFreezeHolds(
  configuration: Settings,
  { client, clock, logger }: FreezeHoldDependencies,
): FreezeHolds | undefined {
  const { breakGlass, kubernetes } = configuration;
  const followed = readsObjects(configuration)
    ? new FollowedFreezes({
        client,
        clock,
        logger,
        namespace: breakGlass.namespace,
        watch: kubernetes.watch,
      })
    : undefined;
  const sources = openSources(configuration, followed);
  if (sources === undefined) return undefined;
  return {
    findHold: ({ object, application }) =>
      Promise.resolve(findFreeze({ object, application }, sources, clock)),
    close: async () => {
      await followed?.close();
    },
  };
}

function findFreeze(
  { object, application }: Parameters<HoldFinder>[0],
  sources: FreezeSources,
  clock: Clock,
): Awaited<ReturnType<HoldFinder>> {
  const deployed = {
    group: object.group,
    namespace: object.namespace ?? '',
    applications: [`${application.namespace ?? ''}/${application.name}`],
  };
  const { freezes, unknown } = describeFreezes(deployed, sources, clock.wallMs());
  const [longest] = freezes;
  if (longest !== undefined) {
    return { status: 'held', reason: `it is frozen until ${longest.until}: ${longest.reason}` };
  }
  return unknown === undefined
    ? { status: 'free' }
    : { status: 'held', reason: `whether it is frozen cannot be read: ${unknown}` };
}
