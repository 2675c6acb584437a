/**
 * How large an input may be that the admission thread evaluates itself, by policy: less after each evaluation that did not complete.
 *
 * Which policy of several was at fault is not known, and most often it is the size of the request. So the next one may be half
 * as large, and a policy that never ends blocks the thread some times with inputs that shrink, and then not at all; after a while
 * everything is tried again.
 */
import { addMs, type MonotonicMs } from '../base/clock.ts';
import { ENGINE_LIMITS } from './settings.ts';

const BYTES_MAX = ENGINE_LIMITS['engine.inlineInputBytesMax'].default;
const HOLD_MS = ENGINE_LIMITS['engine.inlineHoldMs'].default;
/** Half of the least is nothing: few inputs are smaller. */
const BYTES_MIN = 1024;

interface Lowered {
  readonly bytesMax: number;
  readonly untilMs: MonotonicMs;
}

/** The limits of one bundle. */
export class InlineLimits {
  readonly #lowered = new Map<string, Lowered>();

  /** Whether all the policies may be evaluated on such an input. */
  allows(policies: readonly string[], inputBytes: number, nowMs: MonotonicMs): boolean {
    return (
      inputBytes <= BYTES_MAX && policies.every((name) => inputBytes <= this.#bytesMax(name, nowMs))
    );
  }

  /** Whether an evaluation of one of the policies on no more did not complete: this one may run long as well. */
  isLowered(policies: readonly string[], inputBytes: number, nowMs: MonotonicMs): boolean {
    return policies.some((name) => {
      const bytesMax = this.#bytesMax(name, nowMs);
      return bytesMax < BYTES_MAX && inputBytes > bytesMax;
    });
  }

  /** After an evaluation that did not complete. Returns what these policies may get at most from now on; 0 for nothing. */
  lower(policies: readonly string[], inputBytes: number, nowMs: MonotonicMs): number {
    const half = Math.floor(inputBytes / 2);
    const bytesMax = half < BYTES_MIN ? 0 : half;
    for (const name of policies) {
      this.#lowered.set(name, { bytesMax, untilMs: addMs(nowMs, HOLD_MS) });
    }
    return bytesMax;
  }

  #bytesMax(name: string, nowMs: MonotonicMs): number {
    const lowered = this.#lowered.get(name);
    if (lowered === undefined) return BYTES_MAX;
    if (nowMs < lowered.untilMs) return lowered.bytesMax;
    this.#lowered.delete(name);
    return BYTES_MAX;
  }
}
