/**
 * Keeps what clouds give for some time: until shortly before its end, for each scope once, and shared by all who ask at the same
 * time. Clouds limit how often they are asked, and metadata servers more.
 *
 * A failure is kept, too, for as long as it says: one identity that does not work must not be asked for once for each image.
 */
import { addMs, type Clock, type MonotonicMs } from '../../../base/clock.ts';
import { RETRY_AFTER_MS, type ImageFailure } from '../../image-failure.ts';
import { REGISTRY_LIMITS } from '../settings.ts';

export interface TokenReading<Value> {
  readonly status: 'read';
  readonly value: Value;
  /** From now, as the cloud says it: it may be over, or longer than anything. */
  readonly lifeMs: number;
}

export interface KeptToken<Value> {
  readonly status: 'kept';
  readonly value: Value;
  /** When it is to be asked for again. */
  readonly endsAtMs: MonotonicMs;
}

export type TokenAnswer<Value> = KeptToken<Value> | ImageFailure;

interface Entry<Value> {
  readonly answer: TokenAnswer<Value>;
  readonly untilMs: MonotonicMs;
}

const ENTRIES_MAX = REGISTRY_LIMITS['image.registry.cloudCredentialsMax'].default;
const LIFE_MS_MAX = REGISTRY_LIMITS['image.registry.cloudCredentialLifeMsMax'].default;
/** A token that ends while requests are on their way is refused, and clocks differ. */
const RENEW_BEFORE_MS = 60_000;

/** Its lives are measured by the monotonic clock: a wall clock that is set back makes no token older or younger. */
export class TokenCache<Value> {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #kept = new Map<string, Entry<Value>>();
  readonly #asking = new Map<string, Promise<TokenAnswer<Value>>>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** What is kept for the scope, or else what `ask` finds. Rejects only as `ask` does. */
  async get(
    scope: string,
    ask: () => Promise<TokenReading<Value> | ImageFailure>,
  ): Promise<TokenAnswer<Value>> {
    const kept = this.#kept.get(scope);
    if (kept !== undefined && kept.untilMs > this.#clock.monotonicMs()) return kept.answer;
    const running = this.#asking.get(scope);
    if (running !== undefined) return await running;
    const asking = this.#ask(scope, ask);
    this.#asking.set(scope, asking);
    try {
      return await asking;
    } finally {
      this.#asking.delete(scope);
    }
  }

  async #ask(
    scope: string,
    ask: () => Promise<TokenReading<Value> | ImageFailure>,
  ): Promise<TokenAnswer<Value>> {
    const reading = await ask();
    const nowMs = this.#clock.monotonicMs();
    if (reading.status !== 'read') {
      const retryMs = reading.status === 'unavailable' ? reading.retryAfterMs : RETRY_AFTER_MS;
      this.#keep(scope, { answer: reading, untilMs: addMs(nowMs, retryMs) });
      return reading;
    }
    const lifeMs = Math.max(Math.min(reading.lifeMs, LIFE_MS_MAX) - RENEW_BEFORE_MS, 0);
    const untilMs = addMs(nowMs, lifeMs);
    const answer = { status: 'kept', value: reading.value, endsAtMs: untilMs } as const;
    // One that is over counts for who has asked: the clock of this machine may be wrong, and the registry knows.
    this.#keep(scope, { answer, untilMs });
    return answer;
  }

  #keep(scope: string, entry: Entry<Value>): void {
    this.#kept.delete(scope);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= ENTRIES_MAX && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(scope, entry);
  }
}
