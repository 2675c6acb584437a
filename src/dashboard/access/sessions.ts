/**
 * Who is signed in. A session is kept here and not in the cookie, so that it ends with its token: each minute the API server is asked
 * again whose token it is. Nothing of it outlives the process.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock, MonotonicMs } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import { RequestRate } from '../http/request-rate.ts';
import { DASHBOARD_LIMITS } from '../settings.ts';
import type { ReviewToken, Viewer } from './viewer.ts';

const SESSIONS_MAX = DASHBOARD_LIMITS['dashboard.sessionsMax'].default;
const REVIEW_MS = DASHBOARD_LIMITS['dashboard.accessMs'].default;
const REQUESTS_PER_SECOND = DASHBOARD_LIMITS['dashboard.requestsPerSecond'].default;
/** As unguessable as a key. */
const ID_BYTES = 32;

export interface SessionsOptions {
  readonly clock: Clock;
  readonly lifeMs: number;
  readonly reviewToken: ReviewToken;
}

/** One person in one browser. */
export interface Session {
  readonly viewer: Viewer;
  readonly rate: RequestRate;
}

interface Kept extends Session {
  viewer: Viewer;
  readonly token: string;
  readonly endsAtMs: number;
  reviewedAtMs: number;
}

/** By the hash of their ids: whoever reads this memory by a fault of ours has no id. */
export class Sessions {
  readonly #options: SessionsOptions;
  /** In the order of their last use. */
  readonly #kept = new Map<string, Kept>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Begins one for a token that was accepted now; returns its id. */
  begin(token: string, viewer: Viewer): string {
    const nowMs = this.#options.clock.monotonicMs();
    this.#removeEnded(nowMs);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= SESSIONS_MAX && oldest !== undefined) this.#kept.delete(oldest);
    const id = randomBytes(ID_BYTES).toString('base64url');
    this.#kept.set(hashOf(id), {
      viewer,
      token,
      rate: new RequestRate(REQUESTS_PER_SECOND),
      endsAtMs: nowMs + this.#options.lifeMs,
      reviewedAtMs: nowMs,
    });
    return id;
  }

  /** `undefined` where there is none, or where it has ended. Rejects with a `HoldfastError` where nobody can tell. */
  async find(id: string): Promise<Session | undefined> {
    const key = hashOf(id);
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    const nowMs = this.#options.clock.monotonicMs();
    this.#kept.delete(key);
    if (nowMs >= kept.endsAtMs) return undefined;
    this.#kept.set(key, kept);
    if (nowMs - kept.reviewedAtMs < REVIEW_MS) return kept;
    const verdict = await this.#options.reviewToken(kept.token);
    if (verdict.status === 'unavailable') {
      throw new HoldfastError('dashboard_access_unavailable', verdict.reason);
    }
    if (verdict.status === 'rejected') {
      this.#kept.delete(key);
      return undefined;
    }
    kept.viewer = verdict.viewer;
    kept.reviewedAtMs = nowMs;
    // It may have been ended meanwhile.
    return this.#kept.has(key) ? kept : undefined;
  }

  end(id: string): void {
    this.#kept.delete(hashOf(id));
  }

  #removeEnded(nowMs: MonotonicMs): void {
    for (const [key, { endsAtMs }] of this.#kept) if (nowMs >= endsAtMs) this.#kept.delete(key);
  }
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
