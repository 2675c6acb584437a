/**
 * Verdicts about what takes long to judge, as commits and images: admission reads them, watches ask for them ahead of admission.
 *
 * A thing is judged once, however many requests wait for it. A verdict is kept by all that it depends on; that a server did not
 * answer is no verdict, and is only remembered for as long as asking again is useless.
 */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import { addMs } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import type { Wait } from '../base/wait.ts';

/** Nobody can tell yet. */
export interface NoVerdict {
  readonly status: 'unavailable';
  readonly reason: string;
  readonly retryAfterMs: number;
}

/**
 * A verdict with `retryAfterMs` can change while the commit stays the same, as that of a commit which the tracked ref does not
 * contain yet: it is kept for that long alone.
 */
export interface AnyVerdict {
  readonly status: string;
  readonly retryAfterMs?: number | undefined;
}

/** A verdict and when it was judged; -Infinity for one of an earlier process. */
export interface KeptVerdict<Verdict> {
  readonly verdict: Verdict;
  readonly judgedAtMs: number;
}

/** Verdicts by their key. */
export interface VerdictStore<Verdict> {
  readonly get: (key: string) => KeptVerdict<Verdict> | undefined;
  readonly set: (key: string, verdict: KeptVerdict<Verdict>) => void;
  readonly delete: (key: string) => void;
}

export interface VerdictCacheOptions<Key, Verdict extends AnyVerdict> {
  /** With everything that the verdict depends on. */
  readonly formatKey: (key: Key) => string;
  /**
   * With what an answer that is no lasting verdict depends on besides: whoever asks with another credential must not wait for the
   * refusal of this one. @default formatKey
   */
  readonly formatAttempt?: ((key: Key) => string) | undefined;
  /** Whether a verdict that is not kept takes back what was verified under the key. @default true */
  readonly refutes?: ((key: Key, verdict: Verdict) => boolean) | undefined;
  /** What is judged, for people: `commit`. */
  readonly noun: string;
  /** Fetches and verifies: slow. The signal aborts it when the process ends. */
  readonly judge: (key: Key, signal: AbortSignal) => Promise<Verdict | NoVerdict>;
  readonly store: VerdictStore<Verdict>;
  /**
   * A verdict that is older is used, and judged again meanwhile: a key expires, and a branch is rewritten. As long as nobody can
   * tell, it stays: a Git server that is away stops no application that is there.
   */
  readonly ageMsMax: number;
  /** How many are judged or wait to be judged at once; more are unavailable. */
  readonly pendingMax: number;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly onJudged: (status: 'judged' | 'unavailable' | 'overflow', durationMs: number) => void;
}

interface Resting<Answer> {
  readonly answer: Answer;
  readonly untilMs: MonotonicMs;
}

/** One that waits is done by then. */
const OVERFLOW_RETRY_MS = 1000;
/** A fault of ours: often of the thread, which is started again meanwhile. */
const FAULT_RETRY_MS = 5000;

/** What is known, what is being judged, and what is asked again later. */
export class VerdictCache<Key, Verdict extends AnyVerdict> {
  readonly #options: VerdictCacheOptions<Key, Verdict>;
  readonly #pending = new Map<string, Promise<Verdict | NoVerdict>>();
  /** Answers that may be different when it is worth asking again. */
  readonly #resting = new Map<string, Resting<Verdict | NoVerdict>>();
  readonly #closing = new AbortController();

  constructor(options: VerdictCacheOptions<Key, Verdict>) {
    this.#options = options;
  }

  /** A verdict that is there already. */
  peek(key: Key): Verdict | undefined {
    const { store, formatKey } = this.#options;
    return store.get(formatKey(key))?.verdict;
  }

  /** Begins to judge, ahead of admission; nobody waits for it. */
  prepare(key: Key): void {
    if (this.peek(key) === undefined) void this.#begin(key);
  }

  /** A verdict that is there already; one that is old is judged again meanwhile. */
  readKnown(key: Key): Verdict | undefined {
    const { clock, store, ageMsMax, formatKey } = this.#options;
    const known = store.get(formatKey(key));
    if (known !== undefined && clock.monotonicMs() - known.judgedAtMs > ageMsMax) {
      void this.#begin(key);
    }
    return known?.verdict;
  }

  /** The verdict, or that there is none by the deadline; the judgement goes on and is there for the next request. */
  async read(key: Key, deadlineAtMs: MonotonicMs): Promise<Verdict | NoVerdict> {
    const { clock, wait, noun } = this.#options;
    const known = this.readKnown(key);
    if (known !== undefined) return known;
    const leftMs = deadlineAtMs - clock.monotonicMs();
    const late = new AbortController();
    const answer = await Promise.race([
      this.#begin(key),
      wait(Math.max(0, leftMs), late.signal).then(() =>
        unavailable(`The ${noun} is still being fetched and verified`, 0),
      ),
    ]);
    late.abort();
    return answer;
  }

  /** Aborts what is under way. */
  close(): void {
    this.#closing.abort();
  }

  #begin(key: Key): Promise<Verdict | NoVerdict> {
    const { formatKey, formatAttempt = formatKey } = this.#options;
    const name = formatAttempt(key);
    const pending = this.#pending.get(name);
    if (pending !== undefined) return pending;
    const resting = this.#restingAnswer(name);
    if (resting !== undefined) return Promise.resolve(resting);
    if (this.#pending.size >= this.#options.pendingMax) {
      const { onJudged, noun } = this.#options;
      onJudged('overflow', 0);
      const reason = `Too many ${noun}s are being verified at once`;
      return Promise.resolve(unavailable(reason, OVERFLOW_RETRY_MS));
    }
    const judged = this.#judge(key, name);
    this.#pending.set(name, judged);
    return judged;
  }

  async #judge(key: Key, name: string): Promise<Verdict | NoVerdict> {
    const { judge, store, clock, formatKey, refutes, onJudged } = this.#options;
    const beganMs = clock.monotonicMs();
    const answer = await judge(key, this.#closing.signal).catch((error: unknown) =>
      unavailable(errorText(error), FAULT_RETRY_MS),
    );
    this.#pending.delete(name);
    const nowMs = clock.monotonicMs();
    if (isNoVerdict(answer)) {
      this.#rest(name, answer, addMs(nowMs, answer.retryAfterMs));
    } else if (answer.retryAfterMs !== undefined) {
      if (refutes?.(key, answer) !== false) store.delete(formatKey(key));
      this.#rest(name, answer, addMs(nowMs, answer.retryAfterMs));
    } else {
      store.set(formatKey(key), { verdict: answer, judgedAtMs: nowMs });
    }
    onJudged(isNoVerdict(answer) ? 'unavailable' : 'judged', nowMs - beganMs);
    return answer;
  }

  #rest(name: string, answer: Verdict | NoVerdict, untilMs: MonotonicMs): void {
    // As many as can be asked for at once: the oldest is asked again early, which costs one request.
    const [oldest] = this.#resting.keys();
    if (oldest !== undefined && this.#resting.size >= this.#options.pendingMax) {
      this.#resting.delete(oldest);
    }
    this.#resting.set(name, { answer, untilMs });
  }

  #restingAnswer(name: string): Verdict | NoVerdict | undefined {
    const resting = this.#resting.get(name);
    if (resting === undefined) return undefined;
    if (resting.untilMs > this.#options.clock.monotonicMs()) return resting.answer;
    this.#resting.delete(name);
    return undefined;
  }
}

function isNoVerdict(answer: AnyVerdict): answer is NoVerdict {
  return answer.status === 'unavailable';
}

function unavailable(reason: string, retryAfterMs: number): NoVerdict {
  return { status: 'unavailable', reason, retryAfterMs };
}
