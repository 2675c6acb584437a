/**
 * Compares webhook configurations and admission policies that nobody in Git declares with what they were. They belong to the field
 * managers that wrote them so far, and to the configured controllers: operators renew the certificates in their webhooks, and write
 * their rules anew.
 *
 * What changes requests is stricter: which requests it changes, and who is asked, only a GitOps controller or a known mutator may
 * change. Nothing that kubectl writes accounts for itself: a person is meant to use Git.
 */
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ChangedPath } from '../../ownership/change.ts';
import {
  createStateComparer,
  type CompareOptions,
  type ComparedStates,
  type StateComparer,
} from '../compare-states.ts';
import { LOST_MANAGERS_PATH } from '../classify-paths.ts';
import { listEntries } from '../reduce-object.ts';
import { isAdmissionObject, isMutatingKind } from './admission-resources.ts';

export interface AdmissionCompareOptions extends CompareOptions {
  readonly isManaged: (object: KubernetesObject) => boolean;
  readonly isKnownMutator: (object: KubernetesObject) => boolean;
}

/** Every other object is compared as `createStateComparer` does, and so is one that Git declared before. */
export function createAdmissionComparer(options: AdmissionCompareOptions): StateComparer {
  const { gitopsManagers, controllers, isManaged, isKnownMutator } = options;
  const compare = createStateComparer(options);
  return function compareAdmission(before, after) {
    if (!isAdmissionObject(before) || isManaged(before)) return compare(before, after);
    const own = new Set([...gitopsManagers, ...controllers, ...listOwnManagers(before)]);
    const byOwn = createStateComparer({ ...options, gitopsManagers: own })(before, after);
    // Who owns what nobody in Git declares is no content: it is as before where its values are.
    const isContent = ({ path }: ChangedPath): boolean => path !== LOST_MANAGERS_PATH;
    if (!isMutatingKind(before.kind ?? '') || isKnownMutator(after)) {
      return withPaths(byOwn, isContent);
    }
    const foreign = new Set(byOwn.change.paths.map(({ path }) => path));
    return withPaths(compare(before, after), ({ path }) => !TRUST.test(path) || foreign.has(path));
  };
}

/** Names of clients by which people write. Source: k8s.io/kubectl pkg/cmd, field managers. */
const BY_HAND = /^kubectl/u;

function listOwnManagers(object: KubernetesObject): readonly string[] {
  return listEntries(object)
    .map(({ manager = '' }) => manager)
    .filter((manager) => !BY_HAND.test(manager));
}

/** By what a webhook is trusted; its writer renews it. */
const TRUST = /\.clientConfig\.caBundle$/u;

function withPaths(
  compared: ComparedStates,
  isKept: (path: ChangedPath) => boolean,
): ComparedStates {
  const paths = compared.change.paths.filter(isKept);
  return { ...compared, change: { ...compared.change, paths, semantic: paths.length > 0 } };
}
