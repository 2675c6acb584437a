/**
 * Creates incidents from the journal's records and sends notifications. One turn at a time: exchange with the other
 * replicas, read, plan, persist, send. State is durable before anything is sent, so that a restart may repeat a message
 * but never loses one. Where it cannot be written, attempts are told, and no incident ends.
 */
import type { JournalEntry, JournalReader, StateStore } from '../audit/journal.ts';
import type { Clock } from '../base/clock.ts';
import type { IncidentRule } from './settings.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { AlertTarget } from './alert-target.ts';
import { ReplicaExchange } from './replica-exchange.ts';
import { classifyRecord } from './classify-record.ts';
import { Dispatcher } from './dispatcher.ts';
import { IncidentStore } from './incident-store.ts';
import type { IncidentStoreOptions } from './incident-store.ts';
import type { Message } from './incident.ts';
import type { LeaderElection } from '../kubernetes/leader-election/leader-election.ts';
import { Outbox } from './outbox.ts';
import { parseState } from './incident-state.ts';
import { StateChanges } from './incident-state.ts';
import { SeenReports } from './seen-reports.ts';

export interface IncidentEngineOptions extends Omit<
  IncidentStoreOptions,
  'onOutcome' | 'onChangeDropped'
> {
  readonly deadLettersMax: number;
  readonly pollMs: number;
}

export interface IncidentEngineDependencies {
  readonly journal: JournalReader & { readonly state: StateStore };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly election: LeaderElection;
  /** 0 to 1. */
  readonly random: () => number;
}

const SPACE = 'incidents';
/** Entries per read of the journal: a few megabytes in memory. */
const BATCH_ENTRIES = 500;
/** What a time service corrects without a step. */
const CLOCK_STEP_MS_MIN = 500;

type Remembered = ReturnType<typeof parseState>;

/** One engine serves all rules and targets of a replica. */
export class IncidentEngine {
  readonly #settings: IncidentEngineOptions;
  readonly #dependencies: IncidentEngineDependencies;
  readonly #rules: readonly IncidentRule[];
  readonly #changes = new StateChanges();
  readonly #outbox: Outbox;
  readonly #store: IncidentStore;
  readonly #exchange: ReplicaExchange;
  readonly #dispatcher: Dispatcher;
  readonly #deadLetters: string[];
  /** The last processed entry; */
  #cursor: number;
  /** and the last one whose processing is durable: retention may remove entries before it. */
  #settledThrough: number;
  /** How far the wall clock is ahead of the monotonic one. */
  #wallAheadMs: number;
  /** Whether the state on disk is that of now. */
  #isRemembered = true;
  #problem: string | undefined;
  #unsubscribe: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;

  private constructor(
    settings: IncidentEngineOptions,
    dependencies: IncidentEngineDependencies,
    remembered: Remembered,
  ) {
    const { clock, metrics, journal } = dependencies;
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#rules = settings.rules;
    this.#deadLetters = [...remembered.deadLetters];
    // The first start begins with new records; a journal that lost its tail in a crash must not cause skipped
    // records.
    this.#cursor = Math.min(remembered.cursor ?? journal.lastSequence(), journal.lastSequence());
    this.#settledThrough = this.#cursor;
    this.#wallAheadMs = clock.wallMs() - clock.monotonicMs();
    this.#outbox = new Outbox(
      this.#changes,
      {
        lengthMaxOf: (target) => this.#target(target)?.outboxMax ?? 0,
        onDropped: (message) => {
          this.#drop(message);
        },
      },
      // A target that is no longer configured gets no messages.
      remembered.messages.filter(({ target }) => this.#target(target) !== undefined),
    );
    const seen = new SeenReports(this.#changes, remembered.seen);
    this.#store = new IncidentStore(
      {
        ...settings,
        onOutcome: (outcome) => {
          metrics.increment('holdfast_incidents_total', { outcome });
        },
        onChangeDropped: (target) => {
          metrics.increment('holdfast_alert_events_total', { target, outcome: 'dropped' });
        },
      },
      { outbox: this.#outbox, changes: this.#changes, seen },
      { ...remembered, nowMs: clock.wallMs() },
    );
    this.#exchange = new ReplicaExchange(settings, {
      ...dependencies,
      incidents: this.#store,
      outbox: this.#outbox,
      seen,
      onExchanged: () => {
        this.kick();
      },
    });
    this.#dispatcher = new Dispatcher({
      ...dependencies,
      targets: settings.targets,
      outbox: this.#outbox,
      onRefused: (message, reason) => {
        this.#bury(message, reason);
      },
      onSettled: () => {
        this.kick();
      },
    });
    metrics.beforeExposition(() => {
      this.#publish();
    });
  }

  /** Reads the stored state and runs the first turn. */
  static async start(
    settings: IncidentEngineOptions,
    dependencies: IncidentEngineDependencies,
  ): Promise<IncidentEngine> {
    const { journal, logger } = dependencies;
    const remembered = parseState(await journal.state.list(SPACE));
    if (remembered.damaged.length > 0) {
      logger.error('Parts of the remembered incidents cannot be read and are forgotten', {
        keys: remembered.damaged,
      });
    }
    const engine = new IncidentEngine(settings, dependencies, remembered);
    // The position of the first start is stored, so that later records are not skipped after a crash.
    engine.#changes.set('cursor', engine.#cursor);
    await engine.#remember();
    engine.#unsubscribe = journal.onAppended(() => {
      engine.kick();
    });
    engine.kick();
    return engine;
  }

  /** The last entry whose processing is durable. */
  settledThrough(): number {
    return this.#settledThrough;
  }

  /** Why incidents wait; `undefined` if they do not. */
  problem(): string | undefined {
    return this.#problem;
  }

  /** Starts a turn, or schedules another one after the running turn. */
  kick(): void {
    if (this.#closed) return;
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when no turn, exchange or message is in progress. */
  async idle(): Promise<void> {
    do {
      await this.#running;
      await this.#exchange.settled();
      await this.#dispatcher.settled();
    } while (this.#running !== undefined);
  }

  async close(): Promise<void> {
    this.#unsubscribe?.();
    this.#closed = true;
    await this.#running;
    await this.#dispatcher.close();
    await this.#remember();
    await this.#exchange.close();
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      await this.#turn();
    } while (this.#again && !this.#closed);
  }

  async #turn(): Promise<void> {
    this.#followClock();
    this.#exchange.exchange();
    await this.#read();
    // An incident counts as quiet only if the journal was read to its end.
    if (this.#cursor >= this.#dependencies.journal.lastSequence()) {
      this.#store.sweep(this.#dependencies.clock.wallMs(), {
        mayEnd: (group) => this.#isRemembered && this.#exchange.mayEnd(group),
      });
    }
    await this.#remember();
    this.#exchange.exchange();
    const { leads, contact, notifiedElsewhere } = this.#exchange;
    const mayResolve = this.#isRemembered && contact === 'current';
    // Who stood still may have lost the lease, and its messages may be told already.
    if (contact !== 'unknown') this.#dispatcher.run({ leads, mayResolve, notifiedElsewhere });
  }

  /** Quiet is a duration: a clock that is set must neither end all incidents, nor keep them open. */
  #followClock(): void {
    const { clock } = this.#dependencies;
    const aheadMs = clock.wallMs() - clock.monotonicMs();
    const stepMs = aheadMs - this.#wallAheadMs;
    if (Math.abs(stepMs) < CLOCK_STEP_MS_MIN) return;
    this.#wallAheadMs = aheadMs;
    this.#store.shiftClock(stepMs);
    this.#outbox.shiftClock(stepMs);
  }

  async #read(): Promise<void> {
    const { journal, logger } = this.#dependencies;
    // Lower numbers than ours belong to a new chain: all of its records are new.
    if (journal.lastSequence() < this.#cursor) this.#cursor = 0;
    while (this.#cursor < journal.lastSequence() && !this.#closed) {
      try {
        const reading = await journal.read({
          afterSequence: this.#cursor,
          entriesMax: BATCH_ENTRIES,
        });
        this.#skipGap(reading.firstSequence);
        if (reading.entries.length === 0) return;
        for (const entry of reading.entries) this.#take(entry);
        await this.#remember();
      } catch (error) {
        this.#problem = 'The journal cannot be read';
        logger.error('Incidents wait, because the journal cannot be read', { error });
        return;
      }
    }
  }

  #skipGap(firstSequence: number): void {
    if (firstSequence <= this.#cursor + 1) return;
    this.#dependencies.logger.error('Records were removed before incidents were made of them', {
      from: this.#cursor + 1,
      to: firstSequence - 1,
    });
    this.#cursor = firstSequence - 1;
  }

  #take({ sequence, record }: JournalEntry): void {
    const nowMs = this.#dependencies.clock.wallMs();
    const meaning = classifyRecord(record, this.#rules);
    for (const observation of meaning.observations) this.#store.observe(observation, nowMs);
    if (meaning.attended !== undefined) this.#store.attend(meaning.attended, nowMs);
    if (meaning.healed !== undefined) this.#store.heal(meaning.healed, 'written');
    if (meaning.reverted !== undefined) this.#store.heal(meaning.reverted, 'compared');
    if (meaning.change !== undefined) this.#store.announce(meaning.change, nowMs);
    this.#cursor = sequence;
    this.#changes.set('cursor', sequence);
  }

  async #remember(): Promise<void> {
    const cursor = this.#cursor;
    const changes = this.#changes.take();
    if (changes === undefined) return;
    try {
      await this.#dependencies.journal.state.write(SPACE, changes);
      this.#settledThrough = cursor;
      this.#problem = undefined;
      this.#isRemembered = true;
    } catch (error) {
      // Attempts are told all the same: a restart reads their records again, and finds the same incidents, which are still open
      // because none is resolved meanwhile.
      this.#isRemembered = false;
      this.#changes.putBack(changes);
      this.#problem = 'Incidents cannot be remembered';
      this.#dependencies.logger.error('Incidents cannot be remembered across a restart', { error });
    }
  }

  #bury(message: Message, reason: string): void {
    const key = `dead/${message.id}`;
    this.#changes.set(key, { message, reason });
    this.#deadLetters.push(key);
    if (this.#deadLetters.length <= this.#settings.deadLettersMax) return;
    const oldest = this.#deadLetters.shift();
    if (oldest !== undefined) this.#changes.remove(oldest);
  }

  #drop({ target, kind, key, notice }: Message): void {
    const { metrics, logger } = this.#dependencies;
    metrics.increment('holdfast_alert_events_total', { target, outcome: 'dropped' });
    logger.error('A message about an incident had no room in its outbox', {
      target,
      kind,
      incident: key,
      summary: notice.summary,
    });
  }

  #publish(): void {
    const { metrics, journal } = this.#dependencies;
    metrics.set('holdfast_incidents_open', this.#store.incidents.length);
    metrics.set('holdfast_alert_lag_entries', Math.max(0, journal.lastSequence() - this.#cursor));
    metrics.set('holdfast_alert_leader', this.#exchange.leads ? 1 : 0);
    for (const { name } of this.#settings.targets) {
      metrics.set('holdfast_alert_outbox_entries', this.#outbox.lengthOf(name), { target: name });
    }
  }

  #target(name: string): AlertTarget | undefined {
    return this.#settings.targets.find((target) => target.name === name);
  }
}
