/**
 * Quarantine: policies that were terminated too often are not evaluated for a while.
 *
 * For a cause whose requests had a policy terminated too often, the policy's failure mode applies at once; all other
 * requests are evaluated as usual. Otherwise an attacker with an object that a policy is slow on could have everybody's
 * requests denied. Only a policy that was terminated for several parties in several namespaces, and finished for nobody
 * since, is itself broken. It is quarantined for everybody, except for one trial at a time by causes for which it was
 * never terminated.
 */
import type { MonotonicMs } from '../base/clock.ts';
import { partyOf } from '../kubernetes/party.ts';
import { formatCauseKey, type RequestCause } from './request-cause.ts';

export interface QuarantineOptions {
  /** The number of terminations within the window that quarantine a policy for their cause. */
  readonly afterKills: number;
  /** The number of parties and of namespaces with terminations that quarantine a policy for everybody. */
  readonly afterParties: number;
  readonly windowMs: number;
  /** How long it lasts. The first termination afterwards renews it at once. */
  readonly quarantineMs: number;
  /** The number of causes per policy; above it, the least recent one is dropped. */
  readonly causesMax: number;
}

/**
 * - `free`: evaluate it
 * - `trial`: it is in quarantine, and this request is a trial evaluation
 * - `quarantined`: do not evaluate it before `untilMs`
 */
export type Standing =
  | { readonly status: 'free' }
  | { readonly status: 'trial' }
  | {
      readonly status: 'quarantined';
      readonly scope: QuarantineScope;
      readonly untilMs: number;
    };

/** Whether a quarantine applies to one cause or to everybody. */
export type QuarantineScope = 'cause' | 'policy';

interface Offender {
  readonly killsAtMs: readonly number[];
  readonly untilMs: number | undefined;
  readonly party: string;
  readonly namespace: string;
}

interface Suspicion {
  /** In the order of the latest terminations. */
  readonly causes: Map<string, Offender>;
  /** The end of the quarantine for everybody. */
  untilMs: number | undefined;
  isOnTrial: boolean;
}

const FREE: Standing = { status: 'free' };

/** The record of terminations. Time is an argument. */
export class Quarantine {
  readonly #options: QuarantineOptions;
  readonly #suspicions = new Map<string, Suspicion>();
  readonly #finishedAtMs = new Map<string, number>();

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** Whether to evaluate a policy for this cause. */
  standing(policy: string, cause: RequestCause, nowMs: MonotonicMs): Standing {
    const suspicion = this.#suspicions.get(policy);
    if (suspicion === undefined) return FREE;
    const offender = suspicion.causes.get(formatCauseKey(cause));
    if (isAhead(offender?.untilMs, nowMs)) {
      return { status: 'quarantined', scope: 'cause', untilMs: offender.untilMs };
    }
    if (!isAhead(suspicion.untilMs, nowMs)) return FREE;
    // Prevents one party from using every trial.
    if (offender === undefined && !suspicion.isOnTrial) return { status: 'trial' };
    return { status: 'quarantined', scope: 'policy', untilMs: suspicion.untilMs };
  }

  /** Starts the trial that `standing` offered: no other is offered until it has ended. */
  beginTrial(policy: string): void {
    const suspicion = this.#suspicions.get(policy);
    if (suspicion) suspicion.isOnTrial = true;
  }

  endTrial(policy: string): void {
    const suspicion = this.#suspicions.get(policy);
    if (suspicion) suspicion.isOnTrial = false;
  }

  /**
   * A policy that finishes is not broken: its quarantine for everybody ends. The terminations of this cause stay
   * recorded until its own quarantine is over.
   */
  recordFinish(policy: string, cause: RequestCause, nowMs: MonotonicMs): void {
    this.#finishedAtMs.set(policy, nowMs);
    const suspicion = this.#suspicions.get(policy);
    if (suspicion === undefined) return;
    suspicion.untilMs = undefined;
    const key = formatCauseKey(cause);
    const untilMs = suspicion.causes.get(key)?.untilMs;
    if (untilMs !== undefined && untilMs <= nowMs) suspicion.causes.delete(key);
    if (suspicion.causes.size === 0) this.#suspicions.delete(policy);
  }

  /** Records that a policy was terminated; returns whether, and for whom, this caused a quarantine. */
  recordKill(policy: string, cause: RequestCause, nowMs: MonotonicMs): QuarantineScope | undefined {
    const suspicion = this.#suspicions.get(policy) ?? {
      causes: new Map<string, Offender>(),
      untilMs: undefined,
      isOnTrial: false,
    };
    this.#suspicions.set(policy, suspicion);
    const offender = this.#blame(suspicion, cause, nowMs);
    if (this.#isBroken(policy, suspicion, nowMs)) {
      suspicion.untilMs = nowMs + this.#options.quarantineMs;
      return 'policy';
    }
    return offender.untilMs === undefined ? undefined : 'cause';
  }

  /** How many policies are in quarantine for everybody, and how many causes have one of their own. */
  count(nowMs: MonotonicMs): Readonly<Record<QuarantineScope, number>> {
    const suspicions = [...this.#suspicions.values()];
    const offenders = suspicions.flatMap(({ causes }) => [...causes.values()]);
    const countAhead = (items: readonly { readonly untilMs: number | undefined }[]): number =>
      items.filter(({ untilMs }) => isAhead(untilMs, nowMs)).length;
    return { cause: countAhead(offenders), policy: countAhead(suspicions) };
  }

  #blame({ causes }: Suspicion, cause: RequestCause, nowMs: MonotonicMs): Offender {
    const { afterKills, quarantineMs, causesMax } = this.#options;
    const key = formatCauseKey(cause);
    const known = causes.get(key);
    const killsAtMs = [...(known ? this.#recent(known, nowMs) : []), nowMs].slice(-afterKills);
    const isOver = known?.untilMs !== undefined || killsAtMs.length >= afterKills;
    const offender: Offender = {
      killsAtMs,
      untilMs: isOver ? nowMs + quarantineMs : undefined,
      party: partyOf(cause.username),
      namespace: cause.namespace,
    };
    causes.delete(key);
    const [quietest] = causes.keys();
    if (causes.size >= causesMax && quietest !== undefined) causes.delete(quietest);
    causes.set(key, offender);
    return offender;
  }

  /**
   * Many names or many namespaces of one attacker are not enough; and one finished request proves that the
   * policy works.
   */
  #isBroken(policy: string, { causes, untilMs }: Suspicion, nowMs: MonotonicMs): boolean {
    const { afterParties, windowMs } = this.#options;
    const finishedAtMs = this.#finishedAtMs.get(policy);
    if (finishedAtMs !== undefined && nowMs - finishedAtMs < windowMs) return false;
    if (untilMs !== undefined) return true;
    const recent = [...causes.values()].filter(
      (offender) => this.#recent(offender, nowMs).length > 0,
    );
    const parties = new Set(recent.map(({ party }) => party));
    const namespaces = new Set(recent.map(({ namespace }) => namespace));
    return Math.min(parties.size, namespaces.size) >= afterParties;
  }

  #recent({ killsAtMs }: Offender, nowMs: MonotonicMs): readonly number[] {
    return killsAtMs.filter((atMs) => nowMs - atMs < this.#options.windowMs);
  }
}

function isAhead(untilMs: number | undefined, nowMs: MonotonicMs): untilMs is number {
  return untilMs !== undefined && untilMs > nowMs;
}
