/**
 * A scheduler that decides what happens next: every timer, message and answer of the simulated processes is an event here,
 * and a seed chooses among those that are due. Its clocks pass only with them. The same seed gives the same order, of which
 * the trace is a hash.
 */
import { createHash } from 'node:crypto';
import { type Clock, monotonicMs } from '../../../src/base/clock.ts';
import type { Timers } from '../../../src/base/timers.ts';
import type { Wait } from '../../../src/base/wait.ts';
import { seededRandom } from '../seeded-random.ts';

/** What dies together: a process, or a thread of one. Events of a life that is over never happen. */
export interface Life {
  isOver: boolean;
  /** Ends with it. */
  readonly parent?: Life | undefined;
}

interface ScheduledEvent {
  readonly atMs: number;
  readonly order: number;
  readonly label: string;
  readonly life: Life | undefined;
  readonly run: () => void | Promise<void>;
  isCancelled: boolean;
}

const PRECISION = 1_000_000;
const RECENT_LINES_MAX = 60;
/** Work takes time: so much for some of the steps. */
const STEP_MS_MAX = 0.5;

export class Scheduler {
  /** From 0 to 1, without 1. */
  readonly random: () => number;
  readonly clock: Clock;
  steps = 0;
  #nowMs = 0;
  #wallOffsetMs = Date.UTC(2026, 0, 5, 8);
  #order = 0;
  readonly #later: ScheduledEvent[] = [];
  readonly #due: ScheduledEvent[] = [];
  readonly #hash = createHash('sha256');
  readonly #recent: string[] = [];

  constructor(seed: number) {
    const draw = seededRandom(seed);
    this.random = () => draw(PRECISION) / PRECISION;
    this.clock = {
      wallMs: () => Math.floor(this.#wallOffsetMs + this.#nowMs),
      monotonicMs: () => monotonicMs(this.#nowMs),
    };
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** The last lines of the trace. */
  get recent(): readonly string[] {
    return this.#recent;
  }

  /** Of everything that has happened. */
  traceHash(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Whether something happens that has so much chance. */
  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** A number from one to another. */
  between(low: number, high: number): number {
    return low + this.random() * (high - low);
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[Math.floor(this.random() * items.length)] ?? items[0];
  }

  note(line: string): void {
    this.#hash.update(`${line}\n`);
    this.#recent.push(`${this.steps} ${this.#nowMs.toFixed(1)} ${line}`);
    if (this.#recent.length > RECENT_LINES_MAX) this.#recent.shift();
  }

  /** Sets the wall clock forward, or back where negative. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Schedules an event; returns what cancels it. */
  after(
    delayMs: number,
    event: Pick<ScheduledEvent, 'label' | 'run'> & { readonly life?: Life | undefined },
  ): () => void {
    this.#order += 1;
    const { label, run, life } = event;
    const atMs = this.#nowMs + Math.max(0, delayMs);
    const scheduled = { atMs, order: this.#order, label, life, run, isCancelled: false };
    this.#push(scheduled);
    return () => {
      scheduled.isCancelled = true;
    };
  }

  timersOf(life: Life): Timers {
    return {
      after: (delayMs, run) => this.after(delayMs, { label: 'timer', life, run }),
      nextTurn: (run) => {
        this.after(0, { label: 'turn', life, run });
      },
      every: (intervalMs, run) => {
        let cancel: () => void;
        const next = (): void => {
          cancel = this.after(intervalMs, { label: 'interval', life, run: fire });
        };
        const fire = (): void => {
          next();
          run();
        };
        next();
        return () => {
          cancel();
        };
      },
    };
  }

  waitOf(life: Life): Wait {
    return (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        const finish = (): void => {
          cancel();
          signal.removeEventListener('abort', finish);
          resolve();
        };
        const cancel = this.after(delayMs, { label: 'wait', life, run: finish });
        signal.addEventListener('abort', finish, { once: true });
      });
  }

  /** Lets one event happen, and all that follows from it without another; false if nothing is left to happen. */
  async step(): Promise<boolean> {
    const event = this.#take();
    if (event === undefined) return false;
    this.steps += 1;
    if (this.chance(0.3)) this.#nowMs += this.random() * STEP_MS_MAX;
    this.note(event.label);
    await event.run();
    await settle();
    return true;
  }

  #take(): ScheduledEvent | undefined {
    for (;;) {
      this.#collectDue();
      if (this.#due.length === 0) {
        const first = this.#later[0];
        if (first === undefined) return undefined;
        this.#nowMs = Math.max(this.#nowMs, first.atMs);
        continue;
      }
      const index = Math.floor(this.random() * this.#due.length);
      const event = this.#due[index];
      const last = this.#due.pop();
      if (event !== last && last !== undefined) this.#due[index] = last;
      if (event !== undefined && mayHappen(event)) return event;
    }
  }

  #collectDue(): void {
    for (let next = this.#later[0]; next !== undefined; next = this.#later[0]) {
      if (next.atMs > this.#nowMs && mayHappen(next)) return;
      this.#pop();
      if (mayHappen(next)) this.#due.push(next);
    }
  }

  #push(event: ScheduledEvent): void {
    const heap = this.#later;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(event, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#later;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      if (one === undefined) break;
      const [child, at] =
        other !== undefined && isBefore(other, one) ? [other, left + 1] : [one, left];
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = at;
    }
    heap[index] = last;
  }
}

export function isOver(life: Life | undefined): boolean {
  return life !== undefined && (life.isOver || isOver(life.parent));
}

function mayHappen({ isCancelled, life }: ScheduledEvent): boolean {
  return !isCancelled && !isOver(life);
}

function isBefore(one: ScheduledEvent, other: ScheduledEvent): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

/** All promises that need no event, and nothing of the kernel. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
