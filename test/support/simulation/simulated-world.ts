/**
 * One seed: processes one after the other on one disk, with writes that are recorded, targets of records and of incidents, an
 * operator, a clock that is set, and the end of each process at any await or any operation of the disk. What must always hold
 * is checked all the while; in the end everything is healed, and must come to rest.
 */
import type { StateStore } from '../../../src/audit/journal.ts';
import { StateDatabase } from '../../../src/audit/journal/state-database.ts';
import { errorCode, errorText } from '../../../src/base/error-details.ts';
import { replayLetters } from '../../../src/delivery/replay-letters.ts';
import type { PreparedMask } from '../../../src/delivery/prepare-mask.ts';
import type { Logger } from '../../../src/telemetry/logger.ts';
import { Evidence } from './evidence.ts';
import { makeRecord } from './known-records.ts';
import { isOver, Scheduler, type Life } from './scheduler.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { alertSettings, SINKS, smallJournal } from './simulated-settings.ts';
import { simulateThreads } from './simulated-thread.ts';
import type { WorldResult } from './world-result.ts';

export interface WorldOptions {
  readonly seed: number;
  /** Of this seed alone, in memory. */
  readonly folder: string;
  readonly headKeyFile: string;
  /** Until everything is healed. */
  readonly steps: number;
}

/** Steps in which a healed world must come to rest. */
const REST_STEPS_MAX = 20_000;
/** Of an end while a call of the writer thread has begun. */
const MIDWAY_CHANCE = 0.01;
const HOUR_MS = 3_600_000;
const POWER_OPERATIONS_MAX = 2000;
/** Connections of dead processes are closed when they are collected; a process has so many descriptors. */
const CRASHES_BETWEEN_COLLECTIONS = 10;
const UNMASKED: PreparedMask = { ok: true, mask: (record) => record };

/** Who acts beside the processes, again and again. */
interface Actor {
  readonly label: string;
  readonly act: () => void;
  readonly pauseMs: () => readonly [number, number];
  /** Also when everything is healed. */
  readonly afterHealing?: boolean;
}

/** Runs a seed. */
export async function runWorld(options: WorldOptions): Promise<WorldResult> {
  const world = new World(options);
  return await world.run();
}

class World {
  readonly #options: WorldOptions;
  readonly #scheduler: Scheduler;
  readonly #disk: SimulatedDisk;
  readonly #evidence: Evidence;
  readonly #resolvesOnHeal: boolean;
  /** Whether single calls of the disk fail. */
  #isTroubled: boolean;
  #life: Life = { isOver: true };
  #process: SimulatedProcess | undefined;
  #number = 0;
  #crashes = 0;
  #isHealed = false;
  #isBusy = true;
  #isClosed = false;

  constructor(options: WorldOptions) {
    const { seed, folder } = options;
    this.#options = options;
    this.#scheduler = new Scheduler(seed);
    this.#disk = new SimulatedDisk({ root: folder, seed });
    this.#isTroubled = seed % 4 === 0;
    this.#resolvesOnHeal = seed % 2 === 1;
    this.#evidence = new Evidence({
      scheduler: this.#scheduler,
      disk: this.#disk,
      copies: `${folder}-copy`,
      isTroubled: this.#isTroubled,
      alerts: alertSettings(this.#resolvesOnHeal),
      moment: (chance) => this.#mayDie(chance),
    });
  }

  async run(): Promise<WorldResult> {
    const { steps, seed } = this.#options;
    const { problems } = this.#evidence;
    this.#begin('written');
    this.#startActors();
    while (this.#scheduler.steps < steps && problems.length === 0) await this.#step();
    if (problems.length === 0) await this.#rest();
    this.#life.isOver = true;
    this.#disk.end();
    return {
      seed,
      steps: this.#scheduler.steps,
      crashes: this.#crashes,
      acknowledged: this.#evidence.records.acknowledged.size,
      pages: this.#evidence.pagerduty.pageCount,
      traceHash: this.#scheduler.traceHash(),
      problems: [...problems],
      trace: problems.length === 0 ? [] : [...this.#scheduler.recent],
    };
  }

  async #step(): Promise<void> {
    const isSomethingLeft = await this.#scheduler.step();
    if (!isSomethingLeft) this.#evidence.tell('nothing happens any more');
    if (!this.#life.isOver && this.#disk.hasLostPower) this.#crash('flushed', 'power fails');
  }

  /** Everything works from now on, and nothing new comes: what was recorded must arrive, and every incident end. */
  async #rest(): Promise<void> {
    const evidence = this.#evidence;
    this.#isHealed = true;
    this.#isTroubled = false;
    evidence.heal();
    this.#crash('written', 'is healed');
    const end = this.#scheduler.steps + REST_STEPS_MAX;
    while (evidence.problems.length === 0 && !this.#isAtRest()) {
      if (this.#scheduler.steps > end) evidence.tell(`no rest: ${evidence.unrest()}`);
      await this.#step();
    }
    if (evidence.problems.length > 0) return;
    void this.#process?.close().then(() => {
      this.#isClosed = true;
    });
    while (!this.#isClosed && evidence.problems.length === 0) await this.#step();
    await evidence.verify();
  }

  #isAtRest(): boolean {
    return this.#process !== undefined && this.#evidence.unrest() === undefined;
  }

  #startActors(): void {
    const scheduler = this.#scheduler;
    this.#actAgain({
      label: 'write',
      act: () => this.#write(),
      pauseMs: () => (this.#isBusy ? [1, 60] : [500, 9000]),
    });
    this.#actAgain({
      label: 'mood',
      act: () => this.#evidence.changeMood(),
      pauseMs: () => [500, 6000],
    });
    this.#actAgain({
      label: 'load',
      act: () => {
        this.#isBusy = scheduler.chance(0.6);
      },
      pauseMs: () => [1000, 15_000],
    });
    this.#actAgain({
      label: 'clock',
      act: () => this.#stepClock(),
      pauseMs: () => [2000, 20_000],
    });
    this.#actAgain({ label: 'end', act: () => this.#end(), pauseMs: () => [100, 6000] });
    this.#actAgain({
      label: 'replay',
      act: () => void this.#replay(),
      pauseMs: () => [2000, 20_000],
      afterHealing: true,
    });
  }

  #actAgain(actor: Actor): void {
    const { label, act, pauseMs, afterHealing = false } = actor;
    const [low, high] = pauseMs();
    this.#scheduler.after(this.#scheduler.between(low, high), {
      label,
      run: () => {
        if (this.#isHealed && !afterHealing) return;
        act();
        this.#actAgain(actor);
      },
    });
  }

  #write(): void {
    const journal = this.#process?.journal;
    if (journal === undefined) return;
    this.#number += 1;
    const { random, clock } = this.#scheduler;
    const record = makeRecord(this.#number, { random, nowMs: clock.wallMs() });
    journal.append(record).then(
      ({ sequence, hash }) => this.#evidence.acknowledge({ sequence, hash, record }),
      () => this.#scheduler.note('a record is not kept'),
    );
  }

  #stepClock(): void {
    const byMs = this.#scheduler.chance(0.25) ? HOUR_MS : this.#scheduler.between(-30_000, 30_000);
    this.#scheduler.stepWall(byMs);
  }

  #end(): void {
    if (this.#life.isOver) return;
    const what = this.#scheduler.pick(['kill', 'kill', 'power', 'stop', 'thread']);
    if (what === 'kill') this.#crash('written', 'is killed');
    if (what === 'power') {
      this.#disk.losePower();
      this.#crash('flushed', 'power fails');
    }
    if (what === 'stop') this.#stop();
    if (what === 'thread') this.#endThread();
  }

  /** An end at one of the moments that matter most. */
  #mayDie(chance: number): void {
    if (this.#isHealed || !this.#scheduler.chance(chance)) return;
    if (this.#scheduler.chance(0.5)) return this.#crash('written', 'is killed in between');
    this.#disk.losePower();
    return this.#crash('flushed', 'loses its power in between');
  }

  #stop(): void {
    const [process, life] = [this.#process, this.#life];
    this.#process = undefined;
    process?.close().then(
      () => this.#crash('written', 'has stopped', life),
      () => this.#crash('written', 'stops with a fault', life),
    );
  }

  #endThread(): void {
    const process = this.#process;
    if (process?.killDelivery() !== true) return;
    const run = (): void => {
      if (this.#process !== process) return;
      this.#evidence.checkState(this.#folder);
      process.startDelivery().catch((fault: unknown) => this.#startFailed(fault, this.#life));
    };
    this.#scheduler.after(1000, { label: 'thread again', life: this.#life, run });
  }

  /** The process is gone, and another one begins with what is left. */
  #crash(left: 'written' | 'flushed', why: string, life = this.#life): void {
    if (isOver(life)) return;
    life.isOver = true;
    this.#process = undefined;
    this.#crashes += 1;
    this.#scheduler.note(`the process ${why}`);
    if (this.#crashes % CRASHES_BETWEEN_COLLECTIONS === 0) globalThis.gc?.();
    this.#begin(left);
  }

  #begin(left: 'written' | 'flushed'): void {
    const scheduler = this.#scheduler;
    const powerAt =
      !this.#isHealed && scheduler.chance(0.4)
        ? Math.floor(scheduler.between(1, POWER_OPERATIONS_MAX))
        : undefined;
    this.#disk.begin(left, { powerAt, isCalm: !this.#isTroubled });
    const life = { isOver: false };
    this.#life = life;
    const run = (): void => this.#start(life);
    scheduler.after(scheduler.between(200, 3000), { label: 'start', life, run });
  }

  get #folder(): string {
    return this.#disk.folder;
  }

  #start(life: Life): void {
    const evidence = this.#evidence;
    const scheduler = this.#scheduler;
    const midway = (): void => {
      if (!isOver(life)) this.#mayDie(MIDWAY_CHANCE);
    };
    SimulatedProcess.start({
      scheduler,
      life,
      threads: simulateThreads({ scheduler, life, midway }),
      journal: smallJournal(this.#folder, this.#options.headKeyFile),
      alerts: alertSettings(this.#resolvesOnHeal),
      sinks: SINKS,
      logger: this.#logger(life),
      utilization: () => (this.#isBusy && !this.#isHealed ? 0.95 : 0.1),
      connectSink: (name, of) => evidence.target(name).connect(of, { replayed: false }),
      connectTarget: (of) => evidence.pagerduty.connect(of),
      observe: (state) => evidence.observe(state),
      prepareMask: async () =>
        this.#isHealed || scheduler.chance(0.98) ? UNMASKED : { ok: false, reason: 'no key' },
      onOpened: () => evidence.checkOpened(this.#folder),
    }).then(
      (process) => {
        if (isOver(life)) return;
        scheduler.note('the process has started');
        this.#process = process;
      },
      (fault: unknown) => this.#startFailed(fault, life),
    );
  }

  #startFailed(fault: unknown, life: Life): void {
    if (isOver(life)) return;
    this.#evidence.hear(errorText(fault), { code: errorCode(fault) });
    const hasExcuse = this.#disk.hasLostPower || this.#isTroubled;
    if (!hasExcuse) this.#evidence.tell(`a start fails: ${describe(fault)}`);
    this.#crash(this.#disk.hasLostPower ? 'flushed' : 'written', 'could not start', life);
  }

  /** An operator sends the dead letters again, beside the process. */
  async #replay(): Promise<void> {
    if (this.#process === undefined) return;
    const scheduler = this.#scheduler;
    const life = { isOver: false, parent: this.#life };
    let database: StateDatabase | undefined;
    try {
      const opened = StateDatabase.open(this.#folder, scheduler.clock.wallMs()).state;
      database = opened;
      const state = this.#evidence.observe(stateOf(opened));
      for (const { name } of SINKS) {
        const sink = this.#evidence.target(name).connect(life, { replayed: true });
        const { signal } = new AbortController();
        const wait = scheduler.waitOf(life);
        const prepareMask = (): Promise<PreparedMask> => Promise.resolve(UNMASKED);
        const options = { sink, state, prepareMask, timeoutMs: 800, wait, signal };
        for await (const { status } of replayLetters(options)) {
          scheduler.note(`the replay of a letter: ${status}`);
        }
      }
    } catch {
      scheduler.note('the replay fails');
    }
    if (!isOver(life)) database?.close();
  }

  #logger(life: Life): Logger {
    const write =
      (level: string): Logger['info'] =>
      (message, fields = {}) => {
        if (isOver(life)) return;
        this.#scheduler.note(`${level}: ${message}`);
        this.#evidence.hear(message, fields);
      };
    const logger: Logger = {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      batch: () => Promise.resolve(),
      child: () => logger,
      setLevel: () => undefined,
    };
    return logger;
  }
}

function stateOf(database: StateDatabase): StateStore {
  return {
    list: (space) => Promise.resolve(database.list(space)),
    write: async (space, changes) => {
      database.write({ space, changes });
    },
  };
}

function describe(fault: unknown): string {
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
}
