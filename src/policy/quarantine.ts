/** Which policies are not evaluated for a while because they were ended too often: one bad policy must not burn the processor. */
import type { MonotonicMs } from '../base/clock.ts';

export interface QuarantineOptions {
  /** This many kills within the window put a policy into quarantine. */
  readonly afterKills: number;
  readonly windowMs: number;
  /** How long it lasts. The first kill afterwards renews it at once. */
  readonly quarantineMs: number;
}

interface Offender {
  readonly killsAtMs: readonly number[];
  readonly untilMs: number | undefined;
}

/** The record of kills. Time comes in as an argument. */
export class Quarantine {
  readonly #options: QuarantineOptions;
  readonly #offenders = new Map<string, Offender>();

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** When a policy's quarantine ends; `undefined` where it is not in quarantine. */
  endOf(policy: string, nowMs: MonotonicMs): number | undefined {
    const untilMs = this.#offenders.get(policy)?.untilMs;
    return untilMs !== undefined && untilMs > nowMs ? untilMs : undefined;
  }

  /** A policy that finishes is on probation no longer, once its quarantine is over. */
  forgive(policy: string, nowMs: MonotonicMs): void {
    const untilMs = this.#offenders.get(policy)?.untilMs;
    if (untilMs !== undefined && untilMs <= nowMs) this.#offenders.delete(policy);
  }

  /** Records that a policy was ended; true where this put it into quarantine. */
  recordKill(policy: string, nowMs: MonotonicMs): boolean {
    const offender = this.#offenders.get(policy);
    const killsAtMs = [...(offender ? this.#recent(offender, nowMs) : []), nowMs];
    const onProbation = offender?.untilMs !== undefined;
    const quarantined = onProbation || killsAtMs.length >= this.#options.afterKills;
    const untilMs = quarantined ? nowMs + this.#options.quarantineMs : undefined;
    this.#offenders.set(policy, { killsAtMs, untilMs });
    return quarantined;
  }

  /** How many policies are in quarantine. */
  count(nowMs: MonotonicMs): number {
    return [...this.#offenders.keys()].filter((policy) => this.endOf(policy, nowMs) !== undefined)
      .length;
  }

  #recent({ killsAtMs }: Offender, nowMs: MonotonicMs): readonly number[] {
    return killsAtMs.filter((atMs) => nowMs - atMs < this.#options.windowMs);
  }
}
