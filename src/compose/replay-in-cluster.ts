/** The last writes of the GitOps controllers, judged again beside a live cluster. */
import type { WriterWrite } from '../audit/report/writer-writes.ts';
import { addMs, systemClock } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import { SECOND } from '../settings/limit.ts';
import { bindLiveLookup } from './bind-lookup.ts';
import type { OfflineDecider } from './offline.ts';
import { readArgocdSettings } from './read-argocd-settings.ts';
import { replayWrites, type ReplayedWrite } from './replay-writes.ts';
import { createTelemetry } from './telemetry.ts';

export interface ReplayInCluster {
  readonly configuration: Configuration;
  /** The cluster that look-ups ask, whatever the configuration names. */
  readonly client: ClusterClient;
  /** Starts the policies of the configuration beside a cluster. */
  readonly startDecider: (lookup: ClusterLookup) => Promise<OfflineDecider>;
  readonly onReplayed?: ((count: number) => void) | undefined;
}

/** The API server answers in milliseconds. */
const READ_TIMEOUT_MS = 10 * SECOND;

/** Throws `lookup_failed` if the settings of Argo CD cannot be read: what is managed would not be known. */
export async function replayInCluster(
  writes: readonly WriterWrite[],
  { configuration, client, startDecider, onReplayed }: ReplayInCluster,
): Promise<readonly ReplayedWrite[]> {
  const { ownership } = configuration;
  const deadlineAtMs = addMs(systemClock.monotonicMs(), READ_TIMEOUT_MS);
  const read = await readArgocdSettings(client, ownership.argocd.namespace, deadlineAtMs);
  if (read.status === 'unavailable') throw new HoldfastError('lookup_failed', read.reason);
  const live = await bindLiveLookup(withoutWatch(configuration), {
    ownership: () => ownership,
    client,
    clock: systemClock,
    ...createTelemetry({ log: { level: 'error' } }),
  });
  const decider = await startDecider({ ...live, argocdSettings: () => read.settings });
  const replayed: ReplayedWrite[] = [];
  try {
    for await (const each of replayWrites(writes, { client, decider, clock: systemClock })) {
      replayed.push(each);
      onReplayed?.(replayed.length);
    }
  } finally {
    await decider.close();
    live.close();
  }
  return replayed;
}

/** A command asks once: nothing is followed. */
function withoutWatch({ kubernetes }: Configuration): Pick<Configuration, 'kubernetes'> {
  return { kubernetes: { ...kubernetes, watch: { ...kubernetes.watch, resources: [] } } };
}
