/** Binds circuit breakers: Prometheus, the election of the replica that asks it, and the records of what it finds. */
import {
  BREAKER_CLOSED_CODE,
  BREAKER_OPENED_CODE,
  type AuditRecord,
} from '../audit/audit-record.ts';
import { UNASKED } from '../audit/unasked-record.ts';
import { systemClock } from '../base/clock.ts';
import type { LoadedConfiguration } from '../config/load.ts';
import { BreakerKeeper, type BreakerChange } from '../freeze/breaker/breaker-keeper.ts';
import { BreakerObjects, nameOfBreaker } from '../freeze/breaker/breaker-objects.ts';
import { queryPrometheus } from '../freeze/breaker/query-prometheus.ts';
import { FREEZE_GROUP, FREEZE_VERSION } from '../freeze/parse-freeze.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { bindElection } from './bind-election.ts';
import { followTurns } from './follow-turns.ts';
import {
  recordFinding,
  type FindingOrigin,
  type FindingReporterOptions,
} from './record-finding.ts';

export interface BreakerOptions {
  readonly loaded: Pick<LoadedConfiguration, 'configuration'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Nothing is halted in a snapshot of a cluster. */
  readonly clusterState?: object | undefined;
}

export interface BreakerDependencies {
  readonly replica: string;
  readonly reporter: FindingReporterOptions;
}

export interface RunningBreakers {
  readonly close: () => Promise<void>;
}

const LEASE_NAME = 'holdfast-breakers';
/** Longer than the longest pause between two turns, during which nobody renews it. */
const LEASE_SAMPLES = 3;
const LEASE_MS_MIN = 15_000;
const CONNECTIONS_MAX = 4;

/** `undefined` where there is none for this cluster, or no cluster. */
export async function bindBreakers(
  { loaded, logger, metrics, environment, clusterState }: BreakerOptions,
  { replica, reporter }: BreakerDependencies,
): Promise<RunningBreakers | undefined> {
  const { breakGlass, cluster, freeze, kubernetes } = loaded.configuration;
  const { prometheus } = freeze;
  const breakers = freeze.breakers.filter(
    ({ clusters }) => clusters?.includes(cluster.name) ?? true,
  );
  if (clusterState !== undefined || prometheus === undefined || breakers.length === 0) {
    return undefined;
  }
  const { kubeconfigFile } = kubernetes;
  const clock = systemClock;
  const client = await createClusterClient({
    kubeconfigFile,
    connectionsMax: CONNECTIONS_MAX,
    clock,
  });
  if (client === undefined) return undefined;
  const { sampleMs } = prometheus;
  const durationMs = Math.max(LEASE_MS_MIN, LEASE_SAMPLES * sampleMs);
  const { election, close } = await bindElection(
    { kubernetes, lease: { name: LEASE_NAME, durationMs } },
    { clock, logger, environment, replica },
  );
  const stopping = new AbortController();
  const keeper = new BreakerKeeper({
    breakers,
    sampleMs,
    election,
    objects: new BreakerObjects({ client, clock, namespace: breakGlass.namespace }),
    sample: ({ query }) =>
      queryPrometheus(prometheus, query, { environment, signal: stopping.signal }),
    onChange: (change) => {
      report(change, { namespace: breakGlass.namespace, reporter });
    },
    clock,
    logger,
    metrics,
  });
  const turns = followTurns({ turn: () => keeper.turn(), pauseMs: () => sampleMs });
  return {
    close: async () => {
      stopping.abort();
      await turns.close();
      await keeper.close();
      close();
      client.close();
    },
  };
}

/** A circuit breaker that is half open lets deployments pass: that it closes is no news for who is on call. */
function report(
  change: BreakerChange,
  {
    namespace,
    reporter,
  }: { readonly namespace: string; readonly reporter: FindingReporterOptions },
): void {
  const { breaker, phase, reason } = change;
  reporter.logger.warn(`A circuit breaker is ${phase}`, { breaker: breaker.name, reason });
  if (phase !== 'half-open') {
    void recordFinding(reporter, (origin) => formatChange(change, { namespace, origin }));
  }
}

function formatChange(
  { breaker, phase, reason }: BreakerChange,
  { namespace, origin }: { readonly namespace: string; readonly origin: FindingOrigin },
): AuditRecord {
  const what = phase === 'open' ? 'halts deployments' : 'has closed';
  return {
    ...UNASKED,
    ...origin,
    finding: true,
    operation: 'UPDATE',
    object: {
      group: FREEZE_GROUP,
      version: FREEZE_VERSION,
      resource: 'freezes',
      subresource: '',
      kind: 'Freeze',
      namespace,
      name: nameOfBreaker(breaker),
    },
    code: phase === 'open' ? BREAKER_OPENED_CODE : BREAKER_CLOSED_CODE,
    message: `The circuit breaker "${breaker.name}" ${what}: ${reason}.`,
  };
}
