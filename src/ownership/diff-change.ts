/**
 * Computes the changed paths of a request (`input.facts.change` in Rego), without a schema: list items are matched by
 * their labels, and every doubt counts as a change.
 */
import type { AdmissionRequest, Operation } from '../kubernetes/admission-request.ts';
import { HIDE_SECRETS, type ChangeHider } from './change.ts';
import type { ChangeFact } from './change.ts';
import { DiffWalk } from './diff-walk.ts';
import { findTakenManagers } from './find-taken-managers.ts';
import { GITOPS_MANAGERS, parseFieldOwners } from './parse-field-owners.ts';
import { findLostManagers } from './protected-keys.ts';
import { OWNERSHIP_LIMITS as DEFAULTS } from './settings.ts';

/** An absent limit has the default of its row in the table of limits. */
export interface ChangeDifferOptions {
  /** The maximum number of listed paths; more make the change `truncated`. */
  readonly pathsMax?: number | undefined;
  /** The maximum number of characters of a shown value or path. */
  readonly textCharsMax?: number | undefined;
  /** The maximum number of compared values: two objects of 1.5 MiB contain fewer. */
  readonly nodesMax?: number | undefined;
  /** The maximum nesting; decoding already refuses deeper reviews. */
  readonly depthMax?: number | undefined;
  /** The label that tracks ownership, if labels do; then it is protected. */
  readonly instanceLabelKey?: string | undefined;
  /** Field managers whose managedFields entries show what Git declares. @default argocd-controller and Flux's */
  readonly gitopsManagers?: readonly string[] | undefined;
  /** The maximum number of steps through managedFields for all paths; above it, every field counts as Git's. */
  readonly fieldNodesMax?: number | undefined;
  /** Replaces values that must not leave the process. @default one word for those of Secrets */
  readonly hider?: ChangeHider | undefined;
}

export type ChangeDiffer = (request: AdmissionRequest) => ChangeFact;

/** Builds the differ once from the configuration. */
export function createChangeDiffer(options: ChangeDifferOptions): ChangeDiffer {
  const limits = {
    pathsMax: options.pathsMax ?? DEFAULTS['limits.changedPathsMax'].default,
    textCharsMax: options.textCharsMax ?? DEFAULTS['limits.changedTextCharsMax'].default,
    nodesMax: options.nodesMax ?? DEFAULTS['limits.changedValuesMax'].default,
    depthMax: options.depthMax ?? DEFAULTS['change.depthMax'].default,
    instanceLabelKey: options.instanceLabelKey,
    fieldNodesMax: options.fieldNodesMax ?? DEFAULTS['limits.fieldNodesMax'].default,
    hider: options.hider ?? HIDE_SECRETS,
  };
  const gitopsManagers = new Set(options.gitopsManagers ?? GITOPS_MANAGERS);
  return function diffChange(request) {
    const from = request.oldObject ?? undefined;
    const to = request.object ?? undefined;
    if (request.operation !== 'UPDATE' || from === undefined || to === undefined) {
      return describeWholeChange(request.operation);
    }
    const isSecret = request.kind.kind === 'Secret' && request.kind.group === '';
    const walk = new DiffWalk(limits, isSecret, () => parseFieldOwners(from, gitopsManagers));
    walk.diffObjects(from, to);
    return walk.finish([
      ...findLostManagers(from, to, gitopsManagers),
      ...findTakenManagers({ from, to }, gitopsManagers, walk.fieldLimits),
    ]);
  };
}

const WHOLE_KINDS = {
  CREATE: 'added',
  DELETE: 'removed',
  UPDATE: 'changed',
  CONNECT: 'changed',
} as const;

/** One empty path: the whole object. A stored object counts as Git's, and so does one that cannot be compared. */
export function describeWholeChange(operation: Operation): ChangeFact {
  const kind = WHOLE_KINDS[operation];
  return {
    semantic: true,
    paths: [{ path: '', segments: [], kind, gitOwned: kind !== 'added' }],
    protectedKeys: [],
    truncated: false,
  };
}
