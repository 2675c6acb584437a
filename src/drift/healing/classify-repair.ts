/**
 * What of a finding its writer puts right, what was added and can be taken off, and what nobody but a person may touch.
 *
 * A writer writes what Git declares, and leaves alone what it does not. An addition is taken off only where it is surely one: it was
 * not there when the writer wrote last, no GitOps manager owns it, and it is no key that steers reconciliation or deletion.
 */
import type { DriftFinding } from '../drift-finding.ts';
import type { ChangedPath } from '../../ownership/change.ts';

export interface Repair {
  /** Whether its writer has to write it again. */
  readonly needsWriter: boolean;
  /** What to take off. */
  readonly additions: readonly ChangedPath[];
  /** Why something of it stays; absent where nothing does. */
  readonly left?: string | undefined;
}

/** `takesOff`: whether additions are taken off at all. */
export function classifyRepair(
  { what, change }: Pick<DriftFinding, 'what' | 'change'>,
  takesOff: boolean,
): Repair {
  if (what === 'deleted') return { needsWriter: true, additions: [] };
  if (change.truncated) {
    return { needsWriter: true, additions: [], left: 'it has more changes than are compared' };
  }
  const added = change.paths.filter(({ kind, gitOwned }) => kind === 'added' && gitOwned === false);
  const guarded = added.filter(
    ({ path }) => change.protectedKeys.includes(path) || isReplicas(path),
  );
  const free = added.filter((path) => !guarded.includes(path));
  return {
    needsWriter: change.paths.length > added.length,
    additions: takesOff ? free : [],
    ...leftOf(guarded, takesOff ? [] : free),
  };
}

function leftOf(
  guarded: readonly ChangedPath[],
  unasked: readonly ChangedPath[],
): Pick<Repair, 'left'> {
  const [first] = guarded;
  if (first !== undefined) {
    return { left: `${first.path} was added and steers the object, so that a person takes it off` };
  }
  const [other] = unasked;
  return other === undefined
    ? {}
    : {
        left: `${other.path} was added, and no sync takes off what Git does not declare (drift.heal.additions)`,
      };
}

/** How many run is what an autoscaler decides, and without the field it is one. */
function isReplicas(path: string): boolean {
  return path === 'spec.replicas';
}
