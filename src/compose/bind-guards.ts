/** Binds the proof of GitOps writers and break-glass grants. */
import type { Clock } from '../base/clock.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import type { Configuration } from '../config/schema.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { bindGrants } from './bind-grants.ts';
import { bindProver } from './bind-prover.ts';
import type { RuntimeDependencies } from './bind-runtime.ts';

export type Guards = Pick<RuntimeDependencies, 'breakGlass' | 'proveActor'>;

export interface GuardDependencies {
  readonly lookup: ClusterLookup;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** False if look-ups are answered from a snapshot: a pod that is missing there proves nothing. */
  readonly isLive: boolean;
}

export interface GuardBinder {
  /** Once per configuration. Throws `grant_key_unusable` for an approver whose key cannot be read. */
  readonly bind: (configuration: Configuration) => Promise<Guards>;
  readonly close: () => void;
}

/** Denials list grants and count uses one at a time: more connections would not help. */
const CONNECTIONS_MAX = 4;

/**
 * Opens the connection for grants once; everything that depends on the configuration is bound again at each
 * reload.
 */
export function createGuardBinder(parts: GuardDependencies): GuardBinder {
  const usesSeen = new Map<string, number>();
  let client: ConnectedCluster | undefined;
  return {
    bind: async (configuration) => {
      const { clock, metrics, lookup, isLive } = parts;
      if (isLive && configuration.breakGlass.approvers.length > 0) {
        client ??= await createClusterClient({
          kubeconfigFile: configuration.kubernetes.kubeconfigFile,
          connectionsMax: CONNECTIONS_MAX,
          clock,
        });
      }
      const breakGlass = await bindGrants(configuration, { client, clock, metrics, usesSeen });
      return {
        ...(isLive && { proveActor: bindProver(configuration, { lookup, clock }) }),
        ...(breakGlass && { breakGlass }),
      };
    },
    close: () => {
      client?.close();
    },
  };
}
