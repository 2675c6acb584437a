/** Binds the proof of GitOps writers, the credentials of identities, and break-glass grants. */
import type { Clock } from '../base/clock.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import type { Configuration } from '../config/schema.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import { DeletionCounts } from '../ownership/deletions/deletion-counts.ts';
import { bindCredentials } from './bind-credentials.ts';
import { FollowedCredentials } from './followed-credentials.ts';
import { FreezeBinder, readsObjects } from './bind-freezes.ts';
import { bindGrants, takesGrants, type GrantMemory } from './bind-grants.ts';
import { bindProver } from './bind-prover.ts';
import type { RuntimeDependencies } from './bind-runtime.ts';

export type Guards = Pick<
  RuntimeDependencies,
  'breakGlass' | 'deletions' | 'freezes' | 'proveActor' | 'readCredential'
>;

export interface GuardDependencies {
  readonly lookup: ClusterLookup;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** False if look-ups are answered from a snapshot: a pod that is missing there proves nothing. */
  readonly isLive: boolean;
}

export interface GuardBinder {
  /** Once per configuration. Throws `grant_key_unusable` for an approver whose key cannot be read. */
  readonly bind: (configuration: Configuration) => Promise<Guards>;
  /** What is counted of deletions, across all configurations. */
  readonly deletions: DeletionCounts;
  readonly close: () => Promise<void>;
}

/** Denials list grants and count uses one at a time, and one loop keeps credentials: more connections would not help. */
const CONNECTIONS_MAX = 4;

/**
 * Opens the connection for grants and credentials once; everything that depends on the configuration is bound again at
 * each reload.
 */
export function createGuardBinder(parts: GuardDependencies): GuardBinder {
  const memory: GrantMemory = { attempts: new Map(), firstSeenMs: new Map() };
  const deletions = new DeletionCounts(parts.clock);
  const freezes = new FreezeBinder(parts);
  let client: ConnectedCluster | undefined;
  let credentials: FollowedCredentials | undefined;
  return {
    deletions,
    bind: async (configuration) => {
      const { clock, metrics, lookup, logger, isLive } = parts;
      const { breakGlass, identity } = configuration;
      const keepsCredentials = identity.credentials.mode !== 'off';
      if (isLive && (keepsCredentials || takesGrants(breakGlass) || readsObjects(configuration))) {
        client ??= await createClusterClient({
          kubeconfigFile: configuration.kubernetes.kubeconfigFile,
          connectionsMax: CONNECTIONS_MAX,
          clock,
        });
      }
      const grants = await bindGrants(configuration, { client, clock, metrics, memory });
      if (client !== undefined && keepsCredentials) {
        credentials ??= new FollowedCredentials({ client, clock, metrics, logger });
      }
      await credentials?.apply(identity.credentials);
      const frozen = await freezes.bind(configuration, client);
      return {
        deletions,
        ...(frozen && { freezes: frozen }),
        ...(isLive && { proveActor: bindProver(configuration, { lookup, clock }) }),
        ...(credentials && {
          readCredential: bindCredentials({
            store: credentials.store,
            settings: identity.credentials,
            metrics,
          }),
        }),
        ...(grants && { breakGlass: grants }),
      };
    },
    close: async () => {
      await freezes.close();
      await credentials?.close();
      client?.close();
    },
  };
}
