/**
 * Plans whether a refusal gets a record of its own, or is counted in a fold.
 *
 * An actor who repeats what is refused must not fill the journal, and must not hide among repetitions. The first refusals
 * that are the same, and the first of an actor whatever they are, are whole records. Further ones join a fold: of the same
 * request, or, when the actor has used up the budget, of the same code.
 */
import { addMs, type MonotonicMs } from '../../base/clock.ts';

/** What the refusals of a fold have in common: everything but their time, or their actor and their code. */
export type FoldKind = 'request' | 'code';

export interface FoldLimits {
  /** How long an actor's whole records are counted, and how often a fold is summarized. */
  readonly windowMs: number;
  /** Whole records of the same request within a window. */
  readonly sameWholeMax: number;
  /** Whole records of refusals of an actor within a window. */
  readonly actorWholeMax: number;
}

/** The whole records of one actor since the start of a window. */
export interface Tally {
  readonly startedAtMs: MonotonicMs;
  readonly whole: number;
  /** By the key of the request. */
  readonly same: ReadonlyMap<string, number>;
}

export interface FoldQuestion {
  readonly requestKey: string;
  /** Absent if the actor was not refused lately. */
  readonly tally: Tally | undefined;
  /** The folds that the refusal could join. */
  readonly open: { readonly [Kind in FoldKind]: boolean };
  /** Whether another fold may be opened. */
  readonly hasRoom: boolean;
  readonly nowMs: MonotonicMs;
}

export type FoldPlan =
  | { readonly place: 'join'; readonly by: FoldKind }
  /** The refusal is recorded whole, and the next ones join. */
  | { readonly place: 'open'; readonly by: FoldKind; readonly tally: Tally }
  /** `overflow`: it should have opened a fold, but there are too many. */
  | { readonly place: 'whole'; readonly overflow: boolean; readonly tally: Tally };

/** Plans one refusal. The more exact fold comes first. */
export function planRefusal(question: FoldQuestion, limits: FoldLimits): FoldPlan {
  const { open, requestKey, hasRoom, nowMs } = question;
  if (open.request) return { place: 'join', by: 'request' };
  if (open.code) return { place: 'join', by: 'code' };
  const tally = currentTally(question.tally, nowMs, limits);
  const same = tally.same.get(requestKey) ?? 0;
  const isRepeated = same >= limits.sameWholeMax;
  if (!isRepeated && tally.whole < limits.actorWholeMax) {
    const counted = new Map(tally.same).set(requestKey, same + 1);
    return {
      place: 'whole',
      overflow: false,
      tally: { ...tally, whole: tally.whole + 1, same: counted },
    };
  }
  if (!hasRoom) return { place: 'whole', overflow: true, tally };
  return { place: 'open', by: isRepeated ? 'request' : 'code', tally };
}

/** Whether a fold goes on after a window in which it counted so many refusals. */
export function planWindowEnd(by: FoldKind, count: number, limits: FoldLimits): 'go-on' | 'end' {
  // The same request says nothing new for as long as it is repeated. Different ones are evidence again when the actor
  // stays within the budget.
  const countEnough = by === 'request' ? 1 : limits.actorWholeMax + 1;
  return count >= countEnough ? 'go-on' : 'end';
}

/** Whether a window is over. */
export function isWindowOver(
  startedAtMs: MonotonicMs,
  nowMs: MonotonicMs,
  { windowMs }: Pick<FoldLimits, 'windowMs'>,
): boolean {
  return nowMs >= addMs(startedAtMs, windowMs);
}

function currentTally(tally: Tally | undefined, nowMs: MonotonicMs, limits: FoldLimits): Tally {
  if (tally !== undefined && !isWindowOver(tally.startedAtMs, nowMs, limits)) return tally;
  return { startedAtMs: nowMs, whole: 0, same: new Map() };
}
