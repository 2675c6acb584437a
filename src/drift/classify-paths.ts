/**
 * Which changes of an object are its writer's own or a controller's, and which are somebody else's.
 *
 * By managedFields, so without proof: a client chooses the name of its manager. What admission allowed is found by its decisions;
 * this is for writes that nobody has judged, and it says whose they claim to be. A manager of a controller may add what Git does
 * not declare; what Git declares, and what turns reconciliation off, only the writer may change.
 */
import type { DriftWriter } from '../audit/audit-record.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ChangedPath, ChangeFact } from '../ownership/change.ts';
import { listEntries } from './reduce-object.ts';

export interface PathsQuestion {
  /** What the writer, or an allowed request, wrote last. */
  readonly before: KubernetesObject;
  readonly after: KubernetesObject;
  /** From before to after; owners are those of before. */
  readonly change: ChangeFact;
  /** From after to before: owners are those of after. */
  readonly reverse: ChangeFact;
  /** Who wrote in between. */
  readonly writers: readonly DriftWriter[];
  readonly gitopsManagers: ReadonlySet<string>;
  readonly controllers: ReadonlySet<string>;
}

/** The path of managedFields, where no entry of the writer is left in them. */
export const LOST_MANAGERS_PATH = 'metadata.managedFields';

/** The changes that are neither the writer's nor a controller's; empty where there are none. */
export function classifyPaths(question: PathsQuestion): readonly ChangedPath[] {
  const { before, after, change, gitopsManagers } = question;
  const isGitops = ({ manager = '' }): boolean => gitopsManagers.has(manager);
  const isLost = listEntries(before).some(isGitops) && !listEntries(after).some(isGitops);
  const owners = findOwners(question);
  const foreign = change.paths.filter((path) => !isAccounted(path, owners(path), question));
  return isLost ? [LOST_MANAGERS, ...foreign] : foreign;
}

const LOST_MANAGERS: ChangedPath = {
  path: LOST_MANAGERS_PATH,
  segments: ['metadata', 'managedFields'],
  kind: 'removed',
  gitOwned: true,
};

/** Separates names in the text of owners. */
const SEPARATOR = ', ';

/** Who owns a path now. */
export function findOwners({
  after,
  reverse,
}: Pick<PathsQuestion, 'after' | 'reverse'>): (path: ChangedPath) => readonly string[] {
  const owners = new Map(
    reverse.paths.map(({ segments, owner }) => [
      JSON.stringify(segments),
      owner?.split(SEPARATOR) ?? [],
    ]),
  );
  // Stops a manager that is called `x, argocd-controller`: then no name in the text can be believed.
  const isAmbiguous = listEntries(after).some(({ manager = '' }) => manager.includes(SEPARATOR));
  return ({ segments }) => {
    const found = owners.get(JSON.stringify(segments)) ?? [];
    return isAmbiguous && found.length > 0 ? [''] : found;
  };
}

function isAccounted(
  path: ChangedPath,
  owners: readonly string[],
  question: PathsQuestion,
): boolean {
  const { writers, gitopsManagers, controllers } = question;
  const hasWritten = writers.some(({ manager }) => gitopsManagers.has(manager));
  // Of the writer, unless it has not written and somebody else has: an order that was changed, say. Two writes within a second
  // leave the same time.
  if (owners.some((owner) => gitopsManagers.has(owner))) return hasWritten || writers.length === 0;
  if (owners.length > 0) {
    return owners.every((owner) => controllers.has(owner)) && isAddition(path, question);
  }
  // Removed, or set by a mutating webhook or a default: nobody owns it.
  if (hasWritten) return true;
  return writers.every(({ manager }) => controllers.has(manager)) && isAddition(path, question);
}

/** How many replicas run is what an autoscaler decides, also where Git says a number. */
const REPLICAS = 'spec.replicas';
const FINALIZERS = 'metadata.finalizers';

/** Whether Git does not declare it, and it turns nothing off. */
function isAddition({ path, gitOwned }: ChangedPath, { change }: PathsQuestion): boolean {
  if (path === REPLICAS) return true;
  const isGuarded = change.protectedKeys.includes(path) && !path.startsWith(FINALIZERS);
  return gitOwned === false && !isGuarded;
}
