/** Samples Prometheus for every circuit breaker, and halts deployments by `Freeze` objects, while this replica leads. */
import type { Clock } from '../../base/clock.ts';
import { Semaphore } from '../../base/semaphore.ts';
import type { LeaderElection } from '../../kubernetes/leader-election/leader-election.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { BreakerObjects, BreakerWrite } from './breaker-objects.ts';
import {
  beginBreaker,
  planBreaker,
  type BreakerPhase,
  type BreakerSample,
  type BreakerState,
} from './plan-breaker.ts';
import { BREAKER_LIMITS, type BreakerSettings } from './settings.ts';

/** A circuit breaker has opened, or lets deployments pass again. */
export interface BreakerChange {
  readonly breaker: BreakerSettings;
  readonly phase: BreakerPhase;
  readonly reason: string;
}

export interface BreakerKeeperOptions {
  readonly breakers: readonly BreakerSettings[];
  readonly sampleMs: number;
  readonly election: LeaderElection;
  readonly objects: Pick<BreakerObjects, 'isInForce' | 'begin' | 'renew' | 'end'>;
  /** Never rejects. */
  readonly sample: (breaker: BreakerSettings) => Promise<BreakerSample>;
  readonly onChange: (change: BreakerChange) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What is known of one circuit breaker. */
interface Kept {
  state: BreakerState;
  /** When its object ends (ms since the epoch); 0 where it halts nothing. */
  expiresAtMs: number;
  /** A person has ended the object: it stays ended until the rate has been good. */
  isOverruled: boolean;
  problem: string;
}

const QUERIES_AT_ONCE = BREAKER_LIMITS['breaker.queriesAtOnce'].default;
/** An object ends by itself where nobody renews it: longer than it takes another replica to lead. */
const HELD_SAMPLES = 20;
const HELD_MS_MIN = 5 * 60_000;
const WAIT_MS_MAX = 10 * 60_000;
const WAITING_MAX = 1000;
const PHASE_VALUES: Readonly<Record<BreakerPhase, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** One turn samples all of them once. */
export class BreakerKeeper {
  readonly #options: BreakerKeeperOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #semaphore = new Semaphore({ runningMax: QUERIES_AT_ONCE, waitingMax: WAITING_MAX });

  constructor(options: BreakerKeeperOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async turn(): Promise<void> {
    const { leads } = await this.#options.election.renew('');
    if (!leads) {
      // Whoever leads next begins with what stands in the cluster.
      this.#kept.clear();
      return;
    }
    await Promise.all(this.#options.breakers.map((breaker) => this.#look(breaker)));
  }

  async close(): Promise<void> {
    await this.#options.election.release();
  }

  async #look(breaker: BreakerSettings): Promise<void> {
    const kept = this.#kept.get(breaker.name) ?? (await this.#begin(breaker));
    if (kept === undefined) return;
    const sample = await this.#sample(breaker);
    const before = kept.state.phase;
    kept.state = planBreaker(kept.state, sample, breaker);
    const { phase } = kept.state;
    const { metrics } = this.#options;
    metrics.increment('holdfast_breaker_samples_total', {
      breaker: breaker.name,
      outcome: sample.status,
    });
    metrics.set('holdfast_breaker_state', PHASE_VALUES[phase], { breaker: breaker.name });
    // A lease may have been lost while Prometheus was waited for: then another replica writes.
    if (!this.#options.election.holds()) return;
    const reason = describe(sample, breaker);
    if (phase !== before) this.#options.onChange({ breaker, phase, reason });
    if (phase === 'open') await this.#halt(breaker, kept, reason);
    else await this.#letPass(breaker, kept, reason);
  }

  async #begin(breaker: BreakerSettings): Promise<Kept | undefined> {
    const isInForce = await this.#options.objects.isInForce(breaker);
    if (isInForce === undefined) return undefined;
    const state = beginBreaker(isInForce ? 'open' : 'closed');
    // Renewed at once where it is in force.
    const kept = { state, expiresAtMs: isInForce ? 1 : 0, isOverruled: false, problem: '' };
    this.#kept.set(breaker.name, kept);
    return kept;
  }

  async #sample(breaker: BreakerSettings): Promise<BreakerSample> {
    const acquired = await this.#semaphore.acquire(WAIT_MS_MAX);
    if (acquired !== 'acquired') return { status: 'lost', reason: 'Too many queries wait already' };
    try {
      return await this.#options.sample(breaker);
    } finally {
      this.#semaphore.release();
    }
  }

  async #halt(breaker: BreakerSettings, kept: Kept, reason: string): Promise<void> {
    const { objects, clock, sampleMs } = this.#options;
    const heldMs = Math.max(HELD_SAMPLES * sampleMs, HELD_MS_MIN);
    const nowMs = clock.wallMs();
    if (kept.isOverruled || kept.expiresAtMs - nowMs > heldMs / 2) return;
    const expiresAtMs = nowMs + heldMs;
    const written =
      kept.expiresAtMs === 0
        ? await objects.begin(breaker, reason, expiresAtMs)
        : await objects.renew(breaker, reason, expiresAtMs);
    if (!this.#isDone(breaker, kept, written)) return;
    kept.expiresAtMs = expiresAtMs;
    kept.isOverruled = written.ok && written.isEnded;
  }

  async #letPass(breaker: BreakerSettings, kept: Kept, reason: string): Promise<void> {
    kept.isOverruled = false;
    if (kept.expiresAtMs === 0) return;
    const written = await this.#options.objects.end(breaker, reason);
    if (this.#isDone(breaker, kept, written)) kept.expiresAtMs = 0;
  }

  #isDone({ name }: BreakerSettings, kept: Kept, written: BreakerWrite): boolean {
    const problem = written.ok ? '' : written.reason;
    if (problem !== '' && problem !== kept.problem) {
      const reason = problem;
      this.#options.logger.error(
        'The Freeze of a circuit breaker cannot be written; it is tried again',
        {
          code: 'breaker_unwritten',
          breaker: name,
          reason,
        },
      );
    }
    kept.problem = problem;
    return written.ok;
  }
}

function describe(sample: BreakerSample, { openAbove, closeBelow }: BreakerSettings): string {
  return sample.status === 'read'
    ? `the query gives ${String(sample.value)}; it opens above ${String(openAbove)} and closes at ${String(closeBelow)} or below`
    : `Prometheus gives no number: ${sample.reason}`.slice(0, 400);
}
