/** The delivery thread: serves sinks, incidents and held-open tracking without delaying admission. */
import { parentPort } from 'node:worker_threads';
import { followHeldOpen } from '../alerting/held-open.ts';
import { JournalFollower } from '../audit/journal/journal-follower.ts';
import { SharedSequence } from '../audit/journal/shared-sequence.ts';
import { systemClock } from '../base/clock.ts';
import { systemWait } from '../base/wait.ts';
import { AdmissionUtilization } from '../delivery/admission-utilization.ts';
import { ProcessorShare } from '../delivery/processor-share.ts';
import type { Traces } from '../telemetry/tracing/traces.ts';
import { bindAlerts } from './bind-alerts.ts';
import { bindSinks } from './bind-sinks.ts';
import { bindTraces } from './bind-traces.ts';
import type { DeliveryProgress, DeliveryStart } from './delivery-messages.ts';
import { serveThread, type ThreadTools, type ThreadWork } from './serve-thread.ts';

/** The followers of the journal, each with its own progress. */
interface Follower {
  readonly settledThrough: () => number;
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

async function begin(
  start: DeliveryStart,
  tools: ThreadTools<DeliveryProgress>,
): Promise<ThreadWork<never>> {
  const delivery = new RunningDelivery(start, tools);
  try {
    await delivery.start(start);
  } catch (fault) {
    await delivery.stop();
    throw fault;
  }
  return delivery;
}

class RunningDelivery implements ThreadWork<never> {
  readonly #tools: ThreadTools<DeliveryProgress>;
  readonly #journal: JournalFollower;
  readonly #followers: Follower[] = [];
  #traces: Traces | undefined;
  #isStarted = false;

  constructor({ folder, newest }: DeliveryStart, tools: ThreadTools<DeliveryProgress>) {
    this.#tools = tools;
    this.#journal = new JournalFollower(
      { folder, newest: new SharedSequence(newest), nowMs: systemClock.wallMs() },
      { ...tools, wait: systemWait },
    );
  }

  async start({ configuration, environment, replica, utilization }: DeliveryStart): Promise<void> {
    const { logger, metrics } = this.#tools;
    const { cluster, traces: settings } = configuration;
    this.#traces = await bindTraces(settings, {
      ...this.#tools,
      clock: systemClock,
      environment,
      cluster: cluster.name,
      replica,
      thread: 'delivery',
    });
    const dependencies = {
      traces: this.#traces,
      journal: this.#journal,
      clock: systemClock,
      logger,
      metrics,
      processor: shareProcessor(new AdmissionUtilization(utilization)),
      environment,
      replica,
    };
    this.#followers.push(await followHeldOpen(dependencies));
    this.#followers.push(await bindSinks(configuration, dependencies));
    this.#followers.push(await bindAlerts(configuration, dependencies));
    this.#isStarted = true;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#followers.map((follower) => follower.close()));
    await this.#journal.close();
    await this.#traces?.close();
  }

  beforeReport(): void {
    this.#tools.send({ settledThrough: this.#settledThrough() });
  }

  problem(): string | undefined {
    const problems = this.#followers.flatMap(({ problem }) => problem() ?? []);
    return problems.length === 0 ? undefined : problems.join('; ');
  }

  /** Until every follower has reported its progress, all of the journal may be needed. */
  #settledThrough(): number {
    if (!this.#isStarted) return 0;
    const settled = this.#followers.map(({ settledThrough }) => settledThrough());
    return Math.min(Number.MAX_SAFE_INTEGER - 1, ...settled);
  }
}

const MICROSECONDS_PER_MS = 1000;

function shareProcessor(admission: AdmissionUtilization): ProcessorShare {
  return new ProcessorShare({
    utilization: () => admission.value,
    usedMs: () => {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / MICROSECONDS_PER_MS;
    },
    clock: systemClock,
    wait: systemWait,
  });
}

// Outside of a worker thread, importing this file does nothing.
if (parentPort) serveThread(parentPort, begin);
