/** A running Holdfast: configuration in, serving process out. Start order below, stop order in reverse. */
import { hostname } from 'node:os';
import { createAdmit } from '../admission/admit.ts';
import type { AdmissionRuntime } from '../admission/runtime.ts';
import { createLogRecorder } from '../audit/log-recorder.ts';
import { systemClock } from '../base/clock.ts';
import { createIdentifierGenerator } from '../base/identifier.ts';
import type { ClusterLookup } from '../cluster/lookup.ts';
import type { LoadedConfiguration } from '../config/load.ts';
import type { Configuration, OwnershipConfiguration } from '../config/schema.ts';
import type { RunningPolicyEngine } from '../policy/engine.ts';
import { startServer, type RunningServer } from '../server/server.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsExposition } from '../telemetry/metrics.ts';
import { createAdmissionObserver } from './admission-observer.ts';
import { bindLiveLookup, bindSnapshotLookup } from './bind-lookup.ts';
import { createGuardBinder } from './bind-guards.ts';
import { bindRuntime } from './bind-runtime.ts';
import { followConfiguration } from './follow-configuration.ts';
import { PolicyHouse } from './policy-house.ts';

export interface ServiceOptions {
  readonly loaded: LoadedConfiguration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly logger: Logger;
  readonly metrics: Metrics & MetricsExposition;
  /** Hears one line for each step of the start that takes time. */
  readonly progress?: (line: string) => void;
  /** Answers lookups from these objects instead of a cluster. */
  readonly clusterState?: readonly unknown[];
}

export interface RunningService {
  readonly url: string;
  /** Where metrics and health are read. */
  readonly operationsUrl: string;
  readonly policyNames: readonly string[];
  readonly policyRevision: string;
  /** Not ready, then no new connections, then every request answered, then the workers. */
  readonly stop: () => Promise<void>;
}

/** What is in force now; replaced as a whole, so that one review never sees half of a change. */
interface InForce {
  configuration: Configuration;
  runtime: AdmissionRuntime;
}

/** Starts everything in order; throws a `HoldfastError` where a part cannot start, and leaves nothing running. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { loaded, logger, metrics } = options;
  const { configuration } = loaded;
  const lookup = await openLookup(options, () => inForce.configuration.ownership);
  const house = new PolicyHouse(options);
  const engine = await house.load(configuration);
  const isLive = options.clusterState === undefined;
  const guards = createGuardBinder({ lookup, clock: systemClock, metrics, isLive });
  const inForce: InForce = {
    configuration,
    runtime: bindRuntime(configuration, {
      engine,
      lookup,
      ...(await guards.bind(configuration)),
    }),
  };
  publishBuild(options, engine);

  const follower = await followConfiguration(loaded, {
    logger,
    metrics,
    apply: async (next) => {
      const nextGuards = await guards.bind(next);
      const nextEngine = await house.load(next);
      inForce.runtime = bindRuntime(next, { engine: nextEngine, lookup, ...nextGuards });
      inForce.configuration = next;
      logger.setLevel(next.log.level);
      house.retireOthers(nextEngine);
    },
  });
  try {
    const server = await serve(options, inForce);
    return {
      url: server.url,
      operationsUrl: server.metricsUrl ?? server.url,
      policyNames: engine.descriptors.map(({ name }) => name),
      policyRevision: engine.revision,
      stop: async () => {
        await follower.close();
        const { drainDelayMs } = inForce.configuration.limits;
        const { cutOff } = await server.drain({ delayMs: drainDelayMs });
        if (cutOff > 0) logger.warn('Requests were cut off at the end of the drain', { cutOff });
        await house.close();
        guards.close();
        lookup.close();
      },
    };
  } catch (error) {
    await follower.close();
    await house.close();
    guards.close();
    lookup.close();
    throw error;
  }
}

function openLookup(
  { loaded, clusterState, logger, metrics }: ServiceOptions,
  ownership: () => OwnershipConfiguration,
): Promise<ClusterLookup> {
  return clusterState === undefined
    ? bindLiveLookup(loaded.configuration, { ownership, clock: systemClock, metrics, logger })
    : Promise.resolve(bindSnapshotLookup(loaded.configuration, clusterState));
}

function serve(
  { loaded, environment, logger, metrics }: ServiceOptions,
  inForce: InForce,
): Promise<RunningServer> {
  const { server, limits } = loaded.configuration;
  const admit = createAdmit({
    runtime: () => inForce.runtime,
    recorder: createLogRecorder({ logger, metrics }),
    observer: createAdmissionObserver(metrics, logger),
    clock: systemClock,
    nextId: createIdentifierGenerator(),
    limits: () => inForce.configuration.limits,
    replica: environment['POD_NAME'] ?? hostname(),
  });
  return startServer(
    { ...server, limits },
    {
      admit,
      metrics,
      logger,
      clock: systemClock,
      readinessChecks: [
        {
          name: 'policies',
          problem: () =>
            inForce.runtime.engine.descriptors.length === 0 ? 'none is loaded' : undefined,
        },
      ],
    },
  );
}

function publishBuild({ version, metrics }: ServiceOptions, engine: RunningPolicyEngine): void {
  metrics.set('holdfast_build_info', 1, {
    version,
    node: process.versions.node,
    policy_revision: engine.revision,
  });
}
