/** Compares an object with what its writer wrote last: what changed that nobody accounts for, and who wrote since. */
import type { DriftWriter } from '../audit/audit-record.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { HIDE_SECRETS, type ChangeFact } from '../ownership/change.ts';
import { DiffWalk } from '../ownership/diff-walk.ts';
import { parseFieldOwners } from '../ownership/parse-field-owners.ts';
import { OWNERSHIP_LIMITS } from '../ownership/settings.ts';
import { classifyPaths, findOwners, LOST_MANAGERS_PATH } from './classify-paths.ts';
import { listWriters } from './list-writers.ts';
import { listEntries } from './reduce-object.ts';

export interface CompareOptions {
  /** As in records of decisions, so that their paths are the same texts. */
  readonly textCharsMax: number;
  readonly nodesMax: number;
  readonly fieldNodesMax: number;
  /** The label that tracks ownership, if labels do: a guarded key. It may change. */
  readonly instanceLabelKey: () => string | undefined;
  readonly gitopsManagers: ReadonlySet<string>;
  readonly controllers: ReadonlySet<string>;
}

export interface ComparedStates {
  /** Without the writer's and the controllers' own changes; not semantic where nothing is left. */
  readonly change: ChangeFact;
  readonly writers: readonly DriftWriter[];
  /** By path, when it was written last, as managedFields say. */
  readonly writtenAtMs: ReadonlyMap<string, number>;
}

/** More than a record lists: which of many changes are foreign is found out before they are cut. */
const PATHS_MAX = 1000;
/** Names of managers must not be cut: 128 characters each (k8s.io/apimachinery validation.go). */
const OWNERS_CHARS_MAX = 4000;

export type StateComparer = (before: KubernetesObject, after: KubernetesObject) => ComparedStates;

/** Both objects as `reduceObject` makes them. */
export function createStateComparer(options: CompareOptions): StateComparer {
  const { gitopsManagers, controllers, textCharsMax } = options;
  return function compareStates(before, after) {
    const change = diffStates(before, after, options);
    const writers = listWriters(before, after);
    const reverse = diffStates(after, before, { ...options, textCharsMax: OWNERS_CHARS_MAX });
    const question = { before, after, change, reverse, writers, gitopsManagers, controllers };
    const paths = classifyPaths(question);
    const owners = findOwners(question);
    const listed = new Set(paths.map(({ path }) => path));
    const protectedKeys = change.protectedKeys.filter((path) => listed.has(path));
    return {
      change: {
        semantic: paths.length > 0,
        paths,
        protectedKeys: listed.has(LOST_MANAGERS_PATH)
          ? [...protectedKeys, LOST_MANAGERS_PATH]
          : protectedKeys,
        truncated: change.truncated,
      },
      writers: writers.map((writer) => ({
        ...writer,
        manager: writer.manager.slice(0, textCharsMax),
      })),
      writtenAtMs: new Map(
        paths.flatMap((path) => {
          const atMs = findTime(owners(path), after);
          return atMs === undefined ? [] : [[path.path, atMs]];
        }),
      ),
    };
  };
}

/** The newest write of the managers that own a path; `undefined` where nobody owns it, or no time is told. */
function findTime(owners: readonly string[], after: KubernetesObject): number | undefined {
  const times = listEntries(after)
    .filter(({ manager = '' }) => owners.includes(manager))
    .map(({ time = '' }) => Date.parse(time))
    .filter((atMs) => !Number.isNaN(atMs));
  return times.length === 0 ? undefined : Math.max(...times);
}

function diffStates(
  from: KubernetesObject,
  to: KubernetesObject,
  { gitopsManagers, instanceLabelKey, ...limits }: CompareOptions,
): ChangeFact {
  const walk = new DiffWalk(
    {
      ...limits,
      instanceLabelKey: instanceLabelKey(),
      pathsMax: PATHS_MAX,
      depthMax: OWNERSHIP_LIMITS['change.depthMax'].default,
      // Hidden values are hashes already.
      hider: HIDE_SECRETS,
    },
    false,
    () => parseFieldOwners(from, gitopsManagers),
  );
  walk.diffObjects(from, to);
  return walk.finish([]);
}
