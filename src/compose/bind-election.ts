/** Binds the election of a leader among the replicas, by a Lease in the namespace of this process. */
import type { Clock } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import { electAlone } from '../kubernetes/leader-election/leader-election.ts';
import type { LeaderElection } from '../kubernetes/leader-election/leader-election.ts';
import { LeaseElection } from '../kubernetes/leader-election/lease-election.ts';
import type { Logger } from '../telemetry/logger.ts';
import { findOwnNamespace } from './own-namespace.ts';

export interface ElectionDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Unique among the replicas. */
  readonly replica: string;
}

export interface BoundElection {
  readonly election: LeaderElection;
  readonly close: () => void;
}

/** One connection for the lease, one in reserve. */
const CONNECTIONS_MAX = 2;

/** Outside of a cluster this replica leads alone. */
export async function bindElection(
  {
    kubernetes,
    lease: { name, durationMs },
  }: Pick<Configuration, 'kubernetes'> & {
    readonly lease: { readonly name: string; readonly durationMs: number };
  },
  { clock, logger, environment, replica }: ElectionDependencies,
): Promise<BoundElection> {
  const namespace = await findOwnNamespace(environment);
  const client = await connect(kubernetes.kubeconfigFile, namespace, clock);
  if (namespace === undefined || client === undefined) {
    logger.info('This replica leads without an election: it does not run in a cluster', {
      lease: name,
    });
    return { election: electAlone(), close: () => {} };
  }
  return {
    election: new LeaseElection({ client, namespace, name, identity: replica, durationMs, clock }),
    close: () => {
      client.close();
    },
  };
}

async function connect(
  kubeconfigFile: string | undefined,
  namespace: string | undefined,
  clock: Clock,
): Promise<ConnectedCluster | undefined> {
  if (namespace === undefined) return undefined;
  return createClusterClient({ kubeconfigFile, connectionsMax: CONNECTIONS_MAX, clock });
}
