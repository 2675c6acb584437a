/** Decides whether bringing an application to a version is a rollback, and whether it may go there. */
import type { WallMs } from '../../base/clock.ts';
import { findVersion, type ApplicationLineage, type LineageChange } from './application-lineage.ts';
import type { LineageSettings } from './settings.ts';

/** How Git orders a version and the one before it: `older` is contained in its history. `unknown` where nobody can tell. */
export type CommitOrder = 'older' | 'newer' | 'unrelated' | 'unknown';

/** What policies read of a write that brings an application to a version (`input.facts.rollback`). */
export interface RollbackFact {
  /** The version that the write comes from, as the controller names it. */
  readonly revision: string;
  /** The version that it takes the place of; empty if it takes the place of none: the same one, or the first. */
  readonly previousRevision: string;
  /** Whether the version is older than the one before it: by Git where that can tell, else by the order of first deployment. */
  readonly isRollback: boolean;
  readonly isVerified: boolean;
  /** Rollbacks of the application within the window, this one among them. */
  readonly rollbackCount: number;
  /** RFC 3339: until when the application keeps another version; empty where it is not frozen for this one. */
  readonly frozenUntil: string;
}

/** The bounds of rollbacks. */
export type RollbackLimits = Pick<
  LineageSettings,
  'rollbacksMax' | 'rollbackWindowMs' | 'freezeMs'
>;

interface Question {
  readonly lineage: ApplicationLineage;
  readonly revision: string;
  /** Whether the current version was applied as a whole: what is written of it then changes no version. */
  readonly isSettled: boolean;
}

/**
 * The version that a write of `revision` takes the place of; `undefined` if it takes the place of none.
 *
 * While a version is being applied, each of its objects still takes the place of the version before it: the first object of a
 * rollback is not judged otherwise than the last.
 */
export function findPrevious({ lineage, revision, isSettled }: Question): string | undefined {
  const { current, previous } = lineage;
  if (current !== revision) return current;
  return isSettled ? undefined : previous;
}

/** Git decides where it can; a version that Git cannot compare is older if it was deployed first before the other. */
export function isOlder(
  { versions }: ApplicationLineage,
  { revision, previous }: { readonly revision: string; readonly previous: string },
  order: CommitOrder,
): boolean {
  if (order === 'older') return true;
  if (order === 'newer') return false;
  const deployed = versions.filter(({ deployedAtMs }) => deployedAtMs !== undefined);
  const at = deployed.findIndex((each) => each.revision === revision);
  const before = deployed.findIndex((each) => each.revision === previous);
  return at !== -1 && at < before;
}

interface Decided extends Question {
  readonly order: CommitOrder;
  readonly nowMs: WallMs;
  readonly limits: RollbackLimits;
}

/** What is known of a write of this version. */
export function decideRollback(asked: Decided): RollbackFact {
  const { lineage, revision, order, nowMs, limits } = asked;
  const previous = findPrevious(asked);
  const isRollback = previous !== undefined && isOlder(lineage, { revision, previous }, order);
  const recent = listRecent(lineage, nowMs, limits);
  // The version that is being applied was counted when it began.
  const rollbackCount = recent.length + (isRollback && lineage.current !== revision ? 1 : 0);
  const untilMs =
    previous === undefined
      ? undefined
      : findFreeze({ lineage, revision, nowMs, limits, isRollback, rollbackCount, recent });
  return {
    revision,
    previousRevision: previous ?? '',
    isRollback,
    isVerified: findVersion(lineage, revision)?.verified !== undefined,
    rollbackCount,
    frozenUntil: untilMs === undefined ? '' : new Date(untilMs).toISOString(),
  };
}

/**
 * What is to be recorded when a controller applies, or has applied, another version. A version that is refused is not brought: where
 * a rollback goes to an unverified version or the application is frozen, only that all of it was applied shows that it was.
 */
export function planDeployed(
  asked: Omit<Decided, 'isSettled'> & { readonly isApplied: boolean },
): readonly LineageChange[] {
  const { lineage, revision, isApplied, nowMs, limits } = asked;
  if (lineage.current === revision) return [];
  const { isRollback, isVerified, frozenUntil, rollbackCount, previousRevision } = decideRollback({
    ...asked,
    isSettled: false,
  });
  const isHeld = frozenUntil !== '' || (isRollback && !isVerified);
  if (isHeld && !isApplied) return [];
  const deployed: LineageChange = {
    what: 'deployed',
    revision,
    ...(previousRevision !== '' && { previous: previousRevision }),
    isRollback,
  };
  const isLast = isRollback && rollbackCount >= limits.rollbacksMax;
  if (!isLast || isFrozenAt(lineage, nowMs)) return [deployed];
  return [deployed, { what: 'frozen', revision, untilMs: nowMs + limits.freezeMs }];
}

/** Whether the application keeps its version now. */
export function isFrozenAt({ frozen }: ApplicationLineage, nowMs: WallMs): boolean {
  return frozen !== undefined && nowMs < frozen.untilMs;
}

function findFreeze({
  lineage,
  revision,
  nowMs,
  limits,
  isRollback,
  rollbackCount,
  recent,
}: Omit<Decided, 'isSettled' | 'order'> & {
  readonly isRollback: boolean;
  readonly rollbackCount: number;
  readonly recent: readonly WallMs[];
}): WallMs | undefined {
  const { frozen } = lineage;
  if (frozen !== undefined && isFrozenAt(lineage, nowMs)) {
    // What was verified since is what somebody has found to mend it.
    const verifiedAtMs = findVersion(lineage, revision)?.verified?.atMs ?? -Infinity;
    return revision === frozen.revision || verifiedAtMs > frozen.sinceMs
      ? undefined
      : frozen.untilMs;
  }
  // Before the freeze is recorded, one more rollback may be asked about.
  const [first] = recent;
  return isRollback && rollbackCount > limits.rollbacksMax && first !== undefined
    ? first + limits.rollbackWindowMs
    : undefined;
}

/** Those after the last freeze: that one was the answer to the others. */
function listRecent(
  { rollbacksAtMs, frozen }: ApplicationLineage,
  nowMs: WallMs,
  { rollbackWindowMs }: RollbackLimits,
): readonly WallMs[] {
  const sinceMs = frozen !== undefined && nowMs >= frozen.untilMs ? frozen.untilMs : -Infinity;
  return rollbacksAtMs.filter((atMs) => atMs > nowMs - rollbackWindowMs && atMs >= sinceMs);
}
