/** The open folds and the tallies of actors, both limited in number. */
import type { MonotonicMs } from '../../base/clock.ts';
import { partyOf } from '../../kubernetes/party.ts';
import type { AuditRecord } from '../audit-record.ts';
import { Fold } from './fold.ts';
import { formatCodeKey, formatRequestKey } from './format-fold-key.ts';
import { isWindowOver, planRefusal, type FoldLimits, type Tally } from './plan-fold.ts';

export interface FoldBookLimits extends FoldLimits {
  readonly openMax: number;
  readonly actorsMax: number;
  /** Different refusals that a summary lists; the rest is counted. */
  readonly listedMax: number;
}

/** Why a refusal that should have been folded is a whole record. */
export type FoldOverflow = 'folds' | 'actors';

export type Entered =
  | { readonly place: 'whole'; readonly overflow?: FoldOverflow }
  | { readonly place: 'open'; readonly fold: Fold }
  | { readonly place: 'join'; readonly fold: Fold };

/** Time is an argument; nothing here waits or writes. */
export class FoldBook {
  readonly #limits: FoldBookLimits;
  /** By key. */
  readonly #folds = new Map<string, Fold>();
  /** By party, the oldest window first. */
  readonly #tallies = new Map<string, Tally>();

  constructor(limits: FoldBookLimits) {
    this.#limits = limits;
  }

  get folds(): readonly Fold[] {
    return [...this.#folds.values()];
  }

  get actorCount(): number {
    return this.#tallies.size;
  }

  /** Enters a refusal. One that joins a fold is counted when this returns. */
  enter(record: AuditRecord, nowMs: MonotonicMs): Entered {
    const keys = { request: formatRequestKey(record), code: formatCodeKey(record) };
    const party = partyOf(record.user.username);
    const plan = planRefusal(
      {
        requestKey: keys.request,
        tally: this.#tallies.get(party),
        open: { request: this.#folds.has(keys.request), code: this.#folds.has(keys.code) },
        hasRoom: this.#folds.size < this.#limits.openMax,
        nowMs,
      },
      this.#limits,
    );
    if (plan.place === 'join') return this.#join(keys[plan.by], record);
    if (!this.#keep(party, plan.tally, nowMs)) return { place: 'whole', overflow: 'actors' };
    if (plan.place === 'whole') {
      return plan.overflow ? { place: 'whole', overflow: 'folds' } : { place: 'whole' };
    }
    const key = keys[plan.by];
    const { listedMax } = this.#limits;
    const fold = new Fold(record, { by: plan.by, key }, { nowMs, listedMax });
    this.#folds.set(key, fold);
    return { place: 'open', fold };
  }

  /** Nothing joins the fold any more. */
  remove(fold: Fold): void {
    if (this.#folds.get(fold.key) === fold) this.#folds.delete(fold.key);
  }

  #join(key: string, record: AuditRecord): Entered {
    const fold = this.#folds.get(key);
    if (fold === undefined) throw new Error('A refusal joins a fold that is not open');
    fold.join(record);
    return { place: 'join', fold };
  }

  /** False if there are too many actors. */
  #keep(party: string, tally: Tally, nowMs: MonotonicMs): boolean {
    const known = this.#tallies.get(party);
    // A new window goes to the end of the order.
    if (known !== undefined && known.startedAtMs !== tally.startedAtMs) this.#tallies.delete(party);
    if (!this.#tallies.has(party) && !this.#makeRoom(nowMs)) return false;
    this.#tallies.set(party, tally);
    return true;
  }

  /** Forgets actors whose window is over. */
  #makeRoom(nowMs: MonotonicMs): boolean {
    for (const [party, { startedAtMs }] of this.#tallies) {
      if (this.#tallies.size < this.#limits.actorsMax) return true;
      if (!isWindowOver(startedAtMs, nowMs, this.#limits)) return false;
      this.#tallies.delete(party);
    }
    return this.#tallies.size < this.#limits.actorsMax;
  }
}
