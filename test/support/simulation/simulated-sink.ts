/**
 * A sink whose target accepts, rejects, times out, is slow, or accepts while the answer is lost; and what its owner may
 * expect: every record once or more, in order, and none skipped that is neither a dead letter nor told to be lost.
 */
import { isDecision } from '../../../src/audit/classify-decision.ts';
import type { JournalEntry } from '../../../src/audit/journal.ts';
import { GAP_CODE } from '../../../src/delivery/gap-entry.ts';
import type { DeliverySettings } from '../../../src/delivery/settings.ts';
import type { Sink, SinkOutcome } from '../../../src/delivery/sink.ts';
import type { KnownRecord, KnownRecords } from './known-records.ts';
import type { Life, Scheduler } from './scheduler.ts';

export interface SinkOptions {
  readonly scheduler: Scheduler;
  readonly settings: DeliverySettings;
  readonly records: KnownRecords;
  /** Whether a record is a stored dead letter of the sink. */
  readonly isDeadLetter: (sequence: number) => boolean;
  readonly cursor: () => number;
  /** Whether the journal has said that records are lost. */
  readonly mayBeGone: () => boolean;
  readonly hasLostPower: () => boolean;
  /** Called when it has accepted: a process may die then. */
  readonly moment: (chance: number) => void;
  readonly problem: (text: string) => void;
}

/** How a target behaves for a while. */
const MOODS = ['good', 'good', 'flaky', 'down', 'picky', 'slow'] as const;
export type Mood = (typeof MOODS)[number];

type Plan =
  | 'accept'
  | 'lose-answer'
  | 'accept-part'
  | 'accept-late'
  | 'reject'
  | 'refuse'
  | 'limit-size'
  | 'throw'
  | 'hang';

const PLANS: Readonly<Record<Mood, readonly [Plan, ...Plan[]]>> = {
  good: ['accept'],
  flaky: ['accept', 'accept', 'lose-answer', 'accept-part', 'reject', 'throw', 'hang'],
  down: ['reject', 'reject', 'hang', 'throw'],
  picky: ['refuse', 'refuse', 'limit-size', 'accept'],
  slow: ['accept-late', 'lose-answer', 'accept'],
};

const BATCH_BYTES_MAX = 1500;
const ANSWER_MS_MAX = 60;
const REFUSED_CHANCE = 0.2;

interface ReceivedBatch {
  readonly answer: (outcome: SinkOutcome) => void;
  readonly take: (without?: readonly JournalEntry[]) => void;
}

/** What is behind one sink, for all processes that deliver to it. */
export class SimulatedTarget {
  readonly #options: SinkOptions;
  readonly #accepted = new Map<number, string>();
  /** Told to be gone from the journal. */
  readonly #gone = new Set<number>();
  /** Refused with an answer that its sender may not have heard. */
  readonly #refused = new Set<number>();
  #mood: Mood = 'good';
  /** The newest entry that it has, or was told to be gone. */
  #newest = 0;

  constructor(options: SinkOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.settings.name;
  }

  changeMood(): void {
    this.#mood = this.#options.scheduler.pick(MOODS);
  }

  heal(): void {
    this.#mood = 'good';
  }

  /** Whether the sink needs nothing more of this record. */
  isSettled(known: KnownRecord): boolean {
    const { isDeadLetter } = this.#options;
    const { sequence } = known;
    return (
      !this.#wants(known) ||
      this.#accepted.has(sequence) ||
      this.#gone.has(sequence) ||
      isDeadLetter(sequence)
    );
  }

  /** The sink of one process, which dies with it; `replayed`: an operator sends dead letters again. */
  connect(life: Life, { replayed }: { readonly replayed: boolean }): Sink {
    // Where the state was lost, it begins with the oldest record.
    let settledThrough = this.#options.mayBeGone() ? 0 : this.#options.cursor();
    return {
      name: this.name,
      send: async (entries, signal) => {
        if (!replayed) this.#checkOrder(entries, settledThrough);
        const outcome = await this.#receive(entries, { signal, life, replayed });
        if (outcome.status === 'delivered' && !signal.aborted) {
          settledThrough = entries.at(-1)?.sequence ?? settledThrough;
        }
        return outcome;
      },
      close: () => Promise.resolve(),
    };
  }

  /** Within a process, nothing is sent again that the target has answered for. */
  #checkOrder(entries: readonly JournalEntry[], settledThrough: number): void {
    let last = settledThrough;
    for (const { sequence } of entries) {
      if (sequence <= last) this.#tell(`entry ${sequence} is sent after ${last} was settled`);
      last = sequence;
    }
  }

  #receive(
    entries: readonly JournalEntry[],
    circumstances: {
      readonly signal: AbortSignal;
      readonly life: Life;
      readonly replayed: boolean;
    },
  ): Promise<SinkOutcome> {
    const { scheduler } = this.#options;
    const plan = scheduler.pick(PLANS[this.#mood]);
    const { signal, life, replayed } = circumstances;
    return new Promise((resolve, reject) => {
      const answer = (outcome: SinkOutcome): void => {
        const delayMs = scheduler.between(0, ANSWER_MS_MAX);
        scheduler.after(delayMs, { label: 'sink answers', life, run: () => resolve(outcome) });
      };
      const take = (without: readonly JournalEntry[] = []): void => {
        for (const entry of entries) {
          if (!without.includes(entry)) this.#accept(entry, replayed);
        }
        this.#options.moment(0.005);
      };
      // What was sent arrives also where its sender has died, but not from a machine without power.
      if (this.#options.hasLostPower()) return;
      scheduler.after(scheduler.between(0, ANSWER_MS_MAX), {
        label: `sink ${plan}`,
        run: () => {
          if (plan === 'throw') {
            scheduler.after(0, {
              label: 'sink fails',
              life,
              run: () => reject(new Error('reset')),
            });
          } else this.#act(plan, entries, { answer, take });
        },
      });
      signal.addEventListener('abort', () => {
        if (scheduler.chance(0.8)) answer({ status: 'retry', reason: 'aborted' });
      });
    });
  }

  #act(
    plan: Exclude<Plan, 'throw'>,
    entries: readonly JournalEntry[],
    { answer, take }: ReceivedBatch,
  ): void {
    const { scheduler, settings } = this.#options;
    switch (plan) {
      case 'accept':
        take();
        return answer({ status: 'delivered' });
      case 'lose-answer':
        return take();
      case 'accept-part':
        take(entries.slice(Math.floor(scheduler.random() * entries.length)));
        return answer({ status: 'retry', reason: 'reset' });
      case 'accept-late': {
        const delayMs = settings.delivery.timeoutMs * scheduler.between(0.5, 3);
        const run = (): void => {
          take();
          answer({ status: 'delivered' });
        };
        scheduler.after(delayMs, { label: 'sink accepts late', run });
        return undefined;
      }
      case 'reject':
        return answer({
          status: 'retry',
          reason: 'unavailable',
          retryAfterMs: scheduler.between(0, 500),
        });
      case 'hang':
        return undefined;
      case 'limit-size': {
        const bytes = entries.reduce((sum, { recordJson }) => sum + recordJson.length, 0);
        if (bytes > BATCH_BYTES_MAX) return answer({ status: 'too-large', reason: 'too large' });
        take();
        return answer({ status: 'delivered' });
      }
      case 'refuse': {
        const refused = entries.filter(() => scheduler.chance(REFUSED_CHANCE));
        const sequences = refused.map(({ sequence }) => sequence);
        for (const sequence of sequences) this.#refused.add(sequence);
        take(refused);
        return answer(
          sequences.length === 0
            ? { status: 'delivered' }
            : { status: 'refused', sequences, reason: 'a field is missing' },
        );
      }
    }
  }

  #accept(entry: JournalEntry, replayed: boolean): void {
    const { scheduler, records } = this.#options;
    const { sequence, hash, record } = entry;
    scheduler.note(`${this.name} has ${sequence}`);
    const known = records.bySequence.get(sequence);
    if (record.code === GAP_CODE) this.#acceptGap(entry);
    else if (known?.hash !== hash) this.#tell(`entry ${sequence} is not what the journal has`);
    else this.#accepted.set(sequence, hash);
    if (replayed || sequence <= this.#newest) return;
    for (const between of records.between(this.#newest, sequence - 1)) {
      if (this.isSettled(between) || this.#refused.has(between.sequence)) continue;
      this.#tell(`entry ${sequence} is accepted, and ${between.sequence} before it was skipped`);
    }
    this.#newest = sequence;
  }

  #acceptGap({ sequence, record }: JournalEntry): void {
    const [first = 0] = /\d+/u.exec(record.message) ?? [];
    const gone = this.#options.records.between(Number(first) - 1, sequence);
    for (const known of gone) this.#gone.add(known.sequence);
    if (!this.#options.mayBeGone()) this.#tell(record.message);
  }

  #wants({ record }: KnownRecord): boolean {
    const { decisions } = this.#options.settings.filter;
    return decisions === undefined || decisions.some((decision) => isDecision(record, decision));
  }

  #tell(text: string): void {
    this.#options.problem(`sink ${this.name}: ${text}`);
  }
}
