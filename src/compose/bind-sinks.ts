/** Binds the configured sinks, each with its own delivery loop over the journal. */
import { createWriteStream } from 'node:fs';
import { hostname } from 'node:os';
import { DeliveryLoop } from '../delivery/delivery-loop.ts';
import { createDeliveryMeter } from '../delivery/delivery-meter.ts';
import { prepareMask } from '../delivery/prepare-mask.ts';
import type { ProcessorShare } from '../delivery/processor-share.ts';
import type { JournalReader, StateStore } from '../audit/journal.ts';
import type { SinkContext } from '../delivery/sink.ts';
import type { Clock } from '../base/clock.ts';
import { systemWait } from '../base/wait.ts';
import { systemRandom } from '../base/system-random.ts';
import type { Configuration } from '../config/schema.ts';
import type { SinkSettings } from '../sinks/settings.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Traces } from '../telemetry/tracing/traces.ts';
import { constructSink } from './construct-sink.ts';
import { traceSink } from './trace-deliveries.ts';

export interface SinkDependencies {
  readonly journal: JournalReader & { readonly state: StateStore };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly processor: Pick<ProcessorShare, 'enter'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absent: deliveries have no spans. */
  readonly traces?: Traces | undefined;
}

export interface BoundSinks {
  /** The last entry that all sinks have finished: retention may remove it. */
  readonly settledThrough: () => number;
  /**
   * Sinks that have stopped until somebody intervenes. Advisory, never a reason for being unready: a failing collector
   * must not block changes to the cluster.
   */
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

const STANDARD_OUTPUT = 1;

/** Starts delivery; throws a `HoldfastError` if a sink cannot be created, and leaves nothing running. */
export async function bindSinks(
  {
    audit,
    cluster,
    dashboard,
    kubernetes,
  }: Pick<Configuration, 'audit' | 'cluster' | 'dashboard' | 'kubernetes'>,
  dependencies: SinkDependencies,
): Promise<BoundSinks> {
  const { kubeconfigFile } = kubernetes;
  const dashboardUrl = dashboard?.url;
  const context = { ...describeProcess(cluster.name, dependencies), kubeconfigFile, dashboardUrl };
  const deliveries: DeliveryLoop[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(deliveries.map((delivery) => delivery.close()));
  };
  try {
    for (const settings of audit.sinks) {
      deliveries.push(await deliver(settings, context, dependencies));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    settledThrough: () =>
      Math.min(Number.MAX_SAFE_INTEGER, ...deliveries.map((delivery) => delivery.settledThrough())),
    problem: () => {
      const problems = deliveries.map((delivery) => delivery.problem()).filter((text) => text);
      return problems.length === 0 ? undefined : problems.join('; ');
    },
    close,
  };
}

/** The environment of sinks; standard output is opened by the sink that uses it. */
export function describeProcess(
  cluster: string,
  { clock, logger, environment }: Pick<SinkDependencies, 'clock' | 'logger' | 'environment'>,
): SinkContext {
  return {
    cluster,
    replica: environment['POD_NAME'] ?? hostname(),
    clock,
    logger,
    environment,
    // Not process.stdout: there, writing to a pipe without a reader would block the whole process.
    openOutput: () => createWriteStream('', { fd: STANDARD_OUTPUT, autoClose: false }),
  };
}

async function deliver(
  settings: SinkSettings,
  context: SinkContext,
  { journal, metrics, processor, clock, logger, traces }: SinkDependencies,
): Promise<DeliveryLoop> {
  const sink = traceSink(await constructSink(settings, context), settings.type, traces);
  return await DeliveryLoop.start({
    settings,
    sink,
    journal,
    state: journal.state,
    cluster: context.cluster,
    replica: context.replica,
    prepareMask: () => prepareMask(settings.mask, context.environment),
    meter: createDeliveryMeter(metrics, settings.name),
    processor,
    logger,
    clock,
    wait: systemWait,
    random: systemRandom,
  });
}
