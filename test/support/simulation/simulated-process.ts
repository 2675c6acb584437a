/**
 * One process: the real journal, delivery and incidents, bound as `compose/` binds them, with the ports of the simulation.
 */
import { IncidentEngine } from '../../../src/alerting/incident-engine.ts';
import type { AlertsConfiguration } from '../../../src/alerting/settings.ts';
import type { Journal, StateStore } from '../../../src/audit/journal.ts';
import { JournalFollower } from '../../../src/audit/journal/journal-follower.ts';
import { openJournal } from '../../../src/audit/journal/open-journal.ts';
import type { JournalThreads } from '../../../src/audit/journal/thread-calls.ts';
import type { JournalOptions } from '../../../src/audit/settings.ts';
import type { AlertTarget } from '../../../src/alerting/alert-target.ts';
import type { PreparedMask } from '../../../src/delivery/prepare-mask.ts';
import { DeliveryLoop } from '../../../src/delivery/delivery-loop.ts';
import { createDeliveryMeter } from '../../../src/delivery/delivery-meter.ts';
import { ProcessorShare } from '../../../src/delivery/processor-share.ts';
import type { DeliverySettings } from '../../../src/delivery/settings.ts';
import type { Sink } from '../../../src/delivery/sink.ts';
import { electAlone } from '../../../src/kubernetes/leader-election/leader-election.ts';
import type { Logger } from '../../../src/telemetry/logger.ts';
import type { Metrics } from '../../../src/telemetry/metrics.ts';
import type { Life, Scheduler } from './scheduler.ts';

export interface ProcessOptions {
  readonly scheduler: Scheduler;
  readonly life: Life;
  readonly threads: JournalThreads;
  readonly journal: JournalOptions;
  readonly alerts: AlertsConfiguration;
  readonly sinks: readonly DeliverySettings[];
  readonly logger: Logger;
  /** How busy admission is, from 0 to 1. */
  readonly utilization: () => number;
  readonly connectSink: (name: string, life: Life) => Sink;
  readonly connectTarget: (life: Life) => AlertTarget;
  readonly observe: (state: StateStore) => StateStore;
  readonly prepareMask: () => Promise<PreparedMask>;
  /** Called when the journal is open, before anything follows it. */
  readonly onOpened: (journal: Journal) => void;
}

/** As in `compose/bind-alerts.ts`. */
const TURN_MS = 250;
/** As a thread reports its progress. */
const REPORT_MS = 250;
const PROCESSOR_SHARE_USED = 0.3;

/** Metrics are read by nobody here. */
const METRICS: Metrics = {
  increment: () => undefined,
  add: () => undefined,
  set: () => undefined,
  observe: () => undefined,
  beforeExposition: () => undefined,
};

/** From its start until it is closed, or its life is over. */
export class SimulatedProcess {
  readonly journal: Journal;
  readonly #options: ProcessOptions;
  #delivery: RunningDelivery | undefined;
  #settledThrough = 0;

  private constructor(options: ProcessOptions, journal: Journal) {
    this.#options = options;
    this.journal = journal;
    journal.onAppended(() => {
      this.#delivery?.publish(journal.lastSequence());
    });
    journal.keepFrom(() => this.#settledThrough + 1);
  }

  static async start(options: ProcessOptions): Promise<SimulatedProcess> {
    const { scheduler, life, threads, logger } = options;
    const journal = await openJournal(options.journal, {
      clock: scheduler.clock,
      logger,
      metrics: METRICS,
      threads,
      timers: scheduler.timersOf(life),
    });
    options.onOpened(journal);
    const process = new SimulatedProcess(options, journal);
    await process.startDelivery();
    return process;
  }

  /** The thread that serves sinks and incidents; also again, after the one before has died. */
  async startDelivery(): Promise<void> {
    const life = { isOver: false, parent: this.#options.life };
    const delivery = new RunningDelivery(this.#options, life);
    this.#delivery = delivery;
    delivery.publish(this.journal.lastSequence());
    await delivery.start();
    const report = (): void => {
      this.#settledThrough = Math.max(this.#settledThrough, delivery.settledThrough());
    };
    this.#options.scheduler.timersOf(life).every(REPORT_MS, report);
  }

  /** Its thread dies, and the process goes on without it; false if it is dead already. */
  killDelivery(): boolean {
    if (this.#delivery === undefined) return false;
    this.#delivery.life.isOver = true;
    this.#delivery = undefined;
    return true;
  }

  problem(): string | undefined {
    return this.journal.problem() ?? this.#delivery?.problem();
  }

  async close(): Promise<void> {
    await this.#delivery?.close();
    await this.journal.close();
  }
}

class RunningDelivery {
  readonly life: Life;
  readonly #options: ProcessOptions;
  readonly #newest: SimulatedSequence;
  readonly #follower: JournalFollower;
  readonly #loops: DeliveryLoop[] = [];
  #engine: IncidentEngine | undefined;

  constructor(options: ProcessOptions, life: Life) {
    const { scheduler, journal, logger } = options;
    this.life = life;
    this.#options = options;
    this.#newest = new SimulatedSequence(scheduler, life);
    this.#follower = new JournalFollower(
      { folder: journal.folder, newest: this.#newest, nowMs: scheduler.clock.wallMs() },
      {
        logger,
        metrics: METRICS,
        wait: scheduler.waitOf(life),
        timers: scheduler.timersOf(life),
      },
    );
  }

  async start(): Promise<void> {
    const { scheduler, sinks, connectSink, observe, logger, journal, prepareMask } = this.#options;
    const { clock, random } = scheduler;
    const wait = scheduler.waitOf(this.life);
    const state = observe(this.#follower.state);
    const common = { clock, wait, random, logger, state, journal: this.#follower, prepareMask };
    const { cluster, replica } = journal;
    const processor = this.#shareProcessor();
    for (const settings of sinks) {
      const loop = await DeliveryLoop.start({
        ...common,
        cluster,
        replica,
        settings,
        processor,
        sink: connectSink(settings.name, this.life),
        meter: createDeliveryMeter(METRICS, settings.name),
      });
      this.#loops.push(loop);
    }
    this.#engine = await this.#startIncidents(state);
    scheduler.timersOf(this.life).every(TURN_MS, () => {
      this.#engine?.kick();
    });
  }

  publish(sequence: number): void {
    this.#newest.publish(sequence);
  }

  settledThrough(): number {
    const settled = this.#loops.map((loop) => loop.settledThrough());
    return Math.min(...settled, this.#engine?.settledThrough() ?? 0);
  }

  problem(): string | undefined {
    return this.#loops.map((loop) => loop.problem()).find((text) => text !== undefined);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#loops.map((loop) => loop.close()), this.#engine?.close()]);
    await this.#follower.close();
  }

  async #startIncidents(state: StateStore): Promise<IncidentEngine> {
    const { scheduler, alerts, connectTarget, logger, journal } = this.#options;
    const { clock, random } = scheduler;
    const { read, lastSequence, onAppended } = this.#follower;
    return await IncidentEngine.start(
      {
        ...alerts,
        cluster: journal.cluster,
        replica: journal.replica,
        targets: [connectTarget(this.life)],
        pollMs: alerts.lease.pollMs,
      },
      {
        journal: { read, lastSequence, onAppended, state },
        clock,
        random,
        logger,
        metrics: METRICS,
        election: electAlone(),
      },
    );
  }

  #shareProcessor(): ProcessorShare {
    const { scheduler, utilization } = this.#options;
    return new ProcessorShare({
      utilization,
      usedMs: () => scheduler.nowMs * PROCESSOR_SHARE_USED,
      clock: scheduler.clock,
      wait: scheduler.waitOf(this.life),
    });
  }
}

/** The memory that two threads share: who waits for a change hears of it as an event. */
class SimulatedSequence {
  readonly #scheduler: Scheduler;
  readonly #life: Life;
  readonly #waiting = new Set<() => void>();
  value = 0;

  constructor(scheduler: Scheduler, life: Life) {
    this.#scheduler = scheduler;
    this.#life = life;
  }

  publish(sequence: number): void {
    this.value = sequence;
    this.wake();
  }

  wake(): void {
    const woken = [...this.#waiting];
    this.#waiting.clear();
    for (const run of woken) {
      this.#scheduler.after(0, { label: 'sequence', life: this.#life, run });
    }
  }

  changeFrom(seen: number): Promise<void> {
    if (this.value !== seen) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
  }
}
