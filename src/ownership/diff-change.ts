/**
 * What a request changes, as paths (`input.facts.change` in Rego). No schema is needed: lists are matched by the labels
 * of their items, and everything that cannot be told counts as a change.
 */
import type { AdmissionRequest, Operation } from '../kubernetes/admission-request.ts';
import { HIDE_SECRETS, type ChangeHider } from './change.ts';
import type { ChangeFact } from './change.ts';
import { DiffWalk } from './diff-walk.ts';
import { findTakenManagers } from './find-taken-managers.ts';
import { GITOPS_MANAGERS, parseFieldOwners } from './parse-field-owners.ts';
import { findLostManagers } from './protected-keys.ts';
import { OWNERSHIP_LIMITS as DEFAULTS } from './settings.ts';

/** A limit that is absent has the default of its row in the table of limits. */
export interface ChangeDifferOptions {
  /** Paths that are listed; more make the change `truncated`. */
  readonly pathsMax?: number | undefined;
  /** Characters of a value or path that are shown. */
  readonly textCharsMax?: number | undefined;
  /** Values that are looked at: two objects of 1.5 MiB hold fewer. */
  readonly nodesMax?: number | undefined;
  /** Nesting that is followed; decoding already refuses deeper reviews. */
  readonly depthMax?: number | undefined;
  /** The label that tracks ownership, where labels do; it is protected then. */
  readonly instanceLabelKey?: string | undefined;
  /** Field managers whose entries in managedFields say what Git declares. @default argocd-controller and Flux's */
  readonly gitopsManagers?: readonly string[] | undefined;
  /** Steps through managedFields, for all paths together; beyond, every field is Git's. */
  readonly fieldNodesMax?: number | undefined;
  /** What stands for values that must not leave the process. @default one word for those of Secrets */
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

/** One path, the empty one. What is stored counts as Git's, and so does what cannot be compared. */
export function describeWholeChange(operation: Operation): ChangeFact {
  const kind = WHOLE_KINDS[operation];
  return {
    semantic: true,
    paths: [{ path: '', segments: [], kind, gitOwned: kind !== 'added' }],
    protectedKeys: [],
    truncated: false,
  };
}
