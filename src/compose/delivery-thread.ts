/** The delivery thread: serves sinks, incidents and held-open tracking without delaying admission. */
import { constants, getPriority, setPriority } from 'node:os';
import { parentPort, type MessagePort } from 'node:worker_threads';
import { followHeldOpen } from '../alerting/held-open.ts';
import { JournalFollower } from '../audit/journal/journal-follower.ts';
import { SharedSequence } from '../audit/journal/shared-sequence.ts';
import { systemClock } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import { systemWait } from '../base/wait.ts';
import { HoldfastError } from '../errors.ts';
import { createForwardingLogger } from '../telemetry/forwarded-logger.ts';
import { ForwardedMetrics } from '../telemetry/forwarded-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import { bindAlerts } from './bind-alerts.ts';
import { bindSinks } from './bind-sinks.ts';
import type { DeliveryCommand, DeliveryMessage, DeliveryStart } from './delivery-messages.ts';

/** How often progress is reported to the main thread. */
const REPORT_MS = 500;

/** The followers of the journal, each with its own progress. */
interface Follower {
  readonly settledThrough: () => number;
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

/** Handles one start and one stop; the thread ends after the stop, or if it cannot start. */
export function serveDelivery(port: MessagePort): void {
  const post = (message: DeliveryMessage): void => {
    port.postMessage(message);
  };
  let running: Promise<RunningDelivery | undefined> = Promise.resolve(undefined);
  port.on('message', (command: DeliveryCommand) => {
    if (command.kind === 'start') {
      running = start(command, post);
      return;
    }
    void running.then(async (delivery) => {
      await delivery?.stop();
      post({ kind: 'stopped' });
      port.close();
    });
  });
}

async function start(
  command: DeliveryStart,
  post: (message: DeliveryMessage) => void,
): Promise<RunningDelivery | undefined> {
  let delivery: RunningDelivery | undefined;
  try {
    delivery = new RunningDelivery(command, post);
    await delivery.start(command);
    post({ kind: 'started' });
    return delivery;
  } catch (fault) {
    await delivery?.stop();
    const code = fault instanceof HoldfastError ? fault.code : 'internal_error';
    post({ kind: 'failed', code, message: errorText(fault) });
    return undefined;
  }
}

class RunningDelivery {
  readonly #post: (message: DeliveryMessage) => void;
  readonly #metrics = new ForwardedMetrics();
  readonly #logger: Logger;
  readonly #journal: JournalFollower;
  readonly #followers: Follower[] = [];
  #reports: NodeJS.Timeout | undefined;
  #isStarted = false;

  constructor({ folder, newest }: DeliveryStart, post: (message: DeliveryMessage) => void) {
    this.#post = post;
    this.#logger = createForwardingLogger((entry) => {
      post({ kind: 'log', entry });
    });
    this.#journal = new JournalFollower(
      { folder, newest: new SharedSequence(newest), nowMs: systemClock.wallMs() },
      { logger: this.#logger, metrics: this.#metrics, wait: systemWait },
    );
  }

  async start({ configuration, environment, replica }: DeliveryStart): Promise<void> {
    const dependencies = {
      journal: this.#journal,
      clock: systemClock,
      logger: this.#logger,
      metrics: this.#metrics,
      environment,
      replica,
    };
    this.#followers.push(await followHeldOpen(dependencies));
    this.#followers.push(await bindSinks(configuration, dependencies));
    this.#followers.push(await bindAlerts(configuration, dependencies));
    this.#isStarted = true;
    this.#report();
    this.#reports = setInterval(() => {
      this.#report();
    }, REPORT_MS);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#followers.map((follower) => follower.close()));
    clearInterval(this.#reports);
    await this.#journal.close();
    this.#report();
  }

  #report(): void {
    const problems = this.#followers.flatMap(({ problem }) => problem() ?? []);
    this.#post({
      kind: 'report',
      settledThrough: this.#settledThrough(),
      problem: problems.length === 0 ? undefined : problems.join('; '),
      metrics: this.#metrics.take(),
    });
  }

  /** Until every follower has reported its progress, all of the journal may be needed. */
  #settledThrough(): number {
    if (!this.#isStarted) return 0;
    const settled = this.#followers.map(({ settledThrough }) => settledThrough());
    return Math.min(Number.MAX_SAFE_INTEGER - 1, ...settled);
  }
}

/** More than admission's. If CPU is scarce, admission goes first; records wait in the journal. */
const NICENESS = 10;

/**
 * On Linux a priority belongs to a thread, and 0 is the calling thread (setpriority(2), pthreads(7));
 * elsewhere to the process.
 */
function letAdmissionGoFirst(): void {
  if (process.platform !== 'linux') return;
  setPriority(0, Math.min(constants.priority.PRIORITY_LOW, getPriority() + NICENESS));
}

// Outside of a worker thread, importing this file does nothing.
if (parentPort) {
  letAdmissionGoFirst();
  serveDelivery(parentPort);
}
