/** Binds the healing of drift: the account that writes it, and what keeps an object from being healed. */
import type { StateStore } from '../audit/journal.ts';
import { addMs, type Clock } from '../base/clock.ts';
import type { HealingPorts } from '../drift/drift-watch.ts';
import { createHealerToken } from '../drift/healing/healer-account.ts';
import { parseRequests, REQUESTS_NAME } from '../drift/healing/parse-requests.ts';
import { HealingState } from '../drift/healing/healing-state.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import type { Logger } from '../telemetry/logger.ts';
import { bindFreezeHolds } from './bind-freeze-holds.ts';
import { bindGrantHolds } from './bind-grant-holds.ts';
import type { DriftConfiguration } from './drift-messages.ts';

export interface HealingDependencies extends Pick<HealingPorts, 'findApplication' | 'record'> {
  /** Of the account of Holdfast: it reads, and asks for the token of the other one. */
  readonly client: ConnectedCluster;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly state: StateStore;
}

export interface BoundHealing {
  readonly ports: HealingPorts;
  readonly close: () => Promise<void>;
}

/** One at a time is written; the other is in reserve. */
const CONNECTIONS_MAX = 2;

type HealingConfiguration = Pick<
  DriftConfiguration,
  'breakGlass' | 'cluster' | 'drift' | 'freeze' | 'identity' | 'kubernetes' | 'ownership'
>;

/** `undefined` where nothing is to be healed. */
export async function bindHealing(
  configuration: HealingConfiguration,
  { client, clock, logger, state, findApplication, record }: HealingDependencies,
): Promise<BoundHealing | undefined> {
  const { breakGlass, cluster, drift, kubernetes } = configuration;
  if (drift?.heal === undefined) return undefined;
  // First, because a key that cannot be read ends this, and nothing is to be left open then.
  const grants = await bindGrantHolds({ breakGlass, cluster }, { client, clock });
  const writer = await createClusterClient({
    kubeconfigFile: kubernetes.kubeconfigFile,
    connectionsMax: CONNECTIONS_MAX,
    clock,
    token: createHealerToken({ client, namespace: breakGlass.namespace, clock }),
  });
  if (writer === undefined) return undefined;
  const freezes = bindFreezeHolds(configuration, { client, clock, logger });
  return {
    ports: {
      settings: drift.heal,
      client,
      writer,
      state: new HealingState(state),
      findApplication,
      record,
      readRequests: () => readRequests({ client, namespace: breakGlass.namespace, clock }),
      findHold: async (drifted, deadlineAtMs) => {
        const frozen = await freezes?.findHold(drifted, deadlineAtMs);
        return frozen?.status === 'held' ? frozen : await grants(drifted, deadlineAtMs);
      },
    },
    close: async () => {
      writer.close();
      await freezes?.close();
    },
  };
}

/** It is read at each turn while something is open: a second one waits for it. */
const REQUESTS_MS = 5000;

/** None where they cannot be read: what the configuration has healed does not wait for them. */
async function readRequests({
  client,
  namespace,
  clock,
}: {
  readonly client: Pick<ConnectedCluster, 'read'>;
  readonly namespace: string;
  readonly clock: Clock;
}): Promise<ReadonlySet<string>> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${REQUESTS_NAME}`;
  const deadlineAtMs = addMs(clock.monotonicMs(), REQUESTS_MS);
  const reading = await client.read(path, { deadlineAtMs });
  const asked = reading.status === 'read' ? parseRequests(reading.body, clock.wallMs()) : {};
  return new Set(Object.keys(asked));
}
