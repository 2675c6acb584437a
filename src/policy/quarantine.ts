/**
 * Which policies are not evaluated for a while because they were ended too often, and for whom.
 *
 * A cause whose requests had a policy ended too often meets the policy's failure mode at once; everybody else is judged as
 * before. Nothing else would do: whoever finds an object that a policy takes too long over could have everybody refused.
 * Only a policy that is ended for several parties in several namespaces, and has finished for nobody meanwhile, is broken
 * by itself. Then it is quarantined for everybody, but for one trial at a time by those it was never ended for.
 */
import type { MonotonicMs } from '../base/clock.ts';
import { formatCauseKey, partyOf, type RequestCause } from './request-cause.ts';

export interface QuarantineOptions {
  /** This many kills within the window put a policy into quarantine for their cause. */
  readonly afterKills: number;
  /** Kills on account of so many parties, in so many namespaces, do so for everybody. */
  readonly afterParties: number;
  readonly windowMs: number;
  /** How long it lasts. The first kill afterwards renews it at once. */
  readonly quarantineMs: number;
  /** Of each policy: beyond them, the cause that was quiet longest is forgotten. */
  readonly causesMax: number;
}

/**
 * - `free`: evaluate it
 * - `trial`: it is in quarantine, and this request may try whether it finishes
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

/** Whether a quarantine concerns one cause, or everybody. */
export type QuarantineScope = 'cause' | 'policy';

interface Offender {
  readonly killsAtMs: readonly number[];
  readonly untilMs: number | undefined;
  readonly party: string;
  readonly namespace: string;
}

interface Suspicion {
  /** The order is that of the latest kills. */
  readonly causes: Map<string, Offender>;
  /** Of the quarantine for everybody. */
  untilMs: number | undefined;
  isOnTrial: boolean;
}

const FREE: Standing = { status: 'free' };

/** The record of kills. Time comes in as an argument. */
export class Quarantine {
  readonly #options: QuarantineOptions;
  readonly #suspicions = new Map<string, Suspicion>();
  readonly #finishedAtMs = new Map<string, number>();

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** Whether a policy is to be evaluated on account of this cause. */
  standing(policy: string, cause: RequestCause, nowMs: MonotonicMs): Standing {
    const suspicion = this.#suspicions.get(policy);
    if (suspicion === undefined) return FREE;
    const offender = suspicion.causes.get(formatCauseKey(cause));
    if (isAhead(offender?.untilMs, nowMs)) {
      return { status: 'quarantined', scope: 'cause', untilMs: offender.untilMs };
    }
    if (!isAhead(suspicion.untilMs, nowMs)) return FREE;
    // Stops one party from taking every trial.
    if (offender === undefined && !suspicion.isOnTrial) return { status: 'trial' };
    return { status: 'quarantined', scope: 'policy', untilMs: suspicion.untilMs };
  }

  /** The trial that `standing` has offered is under way: nobody else is offered one until it has ended. */
  beginTrial(policy: string): void {
    const suspicion = this.#suspicions.get(policy);
    if (suspicion) suspicion.isOnTrial = true;
  }

  endTrial(policy: string): void {
    const suspicion = this.#suspicions.get(policy);
    if (suspicion) suspicion.isOnTrial = false;
  }

  /**
   * A policy that finishes is not broken: its quarantine for everybody is over. What it was ended for before stays on
   * the record of that cause, which is on probation no longer once its own quarantine is over.
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

  /** Records that a policy was ended; says where this put it into quarantine, and for whom. */
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

  /** Many names, or many namespaces, of one attacker are not enough; and one request that finished proves the opposite. */
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
