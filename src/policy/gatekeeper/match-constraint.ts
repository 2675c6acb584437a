/**
 * Whether a constraint judges a request, by Gatekeeper's rules: it does if the new object or the old one matches, so that
 * nobody leaves a constraint by removing the label that it selects. Source: Gatekeeper 3.23, pkg/mutation/match.
 */
import { equalities, meets } from '../../kubernetes/label-selector.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ConstraintLabelSelector, ConstraintMatch } from './constraint.ts';

type Labels = Readonly<Record<string, string>>;

/** The namespace that a namespaced object is in. */
export interface ContainingNamespace {
  readonly name: string;
  /** Absent while they are not known. */
  readonly labels?: Labels | undefined;
}

/** What is matched. */
export interface MatchedObjects {
  readonly object: KubernetesObject | undefined;
  readonly oldObject: KubernetesObject | undefined;
  /** Absent for what is in no namespace, and for Namespaces themselves. */
  readonly namespace?: ContainingNamespace | undefined;
}

/** `unknown`: the constraint selects namespaces by their labels, and those of this one are not known. */
export type ConstraintMatching = 'matched' | 'unmatched' | 'unknown';

const WILDCARD = '*';

/** Whether a constraint judges these objects. Without any, nothing can be said. */
export function matchConstraint(
  match: ConstraintMatch,
  { object, oldObject, namespace }: MatchedObjects,
): ConstraintMatching {
  const objects = [object, oldObject].filter((one) => one !== undefined);
  if (objects.length === 0) return 'unknown';
  for (const one of objects) {
    const matching = matchObject(match, one, namespace);
    if (matching !== 'unmatched') return matching;
  }
  return 'unmatched';
}

/** Whether a constraint names this kind; the version does not count. */
export function matchesKind(
  { kinds }: Pick<ConstraintMatch, 'kinds'>,
  { group, kind }: { readonly group: string; readonly kind: string },
): boolean {
  if (kinds === undefined || kinds.length === 0) return true;
  return kinds.some((entry) => names(entry.kinds, kind) && names(entry.apiGroups, group));
}

/** Whether a name matches a pattern with `*` at its beginning, its end or both; elsewhere it is literal. */
export function matchesGlob(pattern: string, text: string): boolean {
  const anyBefore = pattern.startsWith(WILDCARD);
  const anyAfter = pattern.endsWith(WILDCARD);
  if (anyBefore && anyAfter) return text.includes(pattern.slice(1).replace(/\*$/u, ''));
  if (anyBefore) return text.endsWith(pattern.slice(1));
  return anyAfter ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** The labels of an object. Labels of another type are none, as in Gatekeeper. */
export function labelsOf({ metadata }: KubernetesObject): Labels {
  const labels: Readonly<Record<string, unknown>> = metadata?.labels ?? {};
  return isTexts(labels) ? labels : {};
}

/** In Gatekeeper's order: that the labels of a namespace are not known counts only where all before has matched. */
function matchObject(
  match: ConstraintMatch,
  object: KubernetesObject,
  namespace: ContainingNamespace | undefined,
): ConstraintMatching {
  const isMatched =
    matchesKind(match, groupKindOf(object)) &&
    matchesScope(match.scope, object, namespace) &&
    matchesNamespaces(match, object, namespace) &&
    selectsLabels(match.labelSelector, labelsOf(object));
  if (!isMatched) return 'unmatched';
  const isSelected = matchNamespaceSelector(match.namespaceSelector, object, namespace);
  if (isSelected !== 'matched') return isSelected;
  // What comes to a webhook is nobody's expansion.
  return matchesName(match.name, object) && match.source !== 'Generated' ? 'matched' : 'unmatched';
}

function names(list: readonly string[] | undefined, name: string): boolean {
  return list === undefined || list.length === 0 || list.includes(WILDCARD) || list.includes(name);
}

function groupKindOf({ apiVersion = '', kind = '' }: KubernetesObject) {
  const slash = apiVersion.indexOf('/');
  return { group: slash === -1 ? '' : apiVersion.slice(0, slash), kind };
}

function isNamespace(object: KubernetesObject): boolean {
  const { group, kind } = groupKindOf(object);
  return group === '' && kind === 'Namespace';
}

function declaredNamespace({ metadata }: KubernetesObject): string {
  return metadata?.namespace ?? '';
}

function matchesScope(
  scope: string | undefined,
  object: KubernetesObject,
  namespace: ContainingNamespace | undefined,
): boolean {
  const isNamespaced =
    !isNamespace(object) && (namespace !== undefined || declaredNamespace(object) !== '');
  if (scope === 'Cluster') return !isNamespaced;
  return scope !== 'Namespaced' || isNamespaced;
}

/** What is in no namespace is in no list, and none excludes it. */
function matchesNamespaces(
  { namespaces = [], excludedNamespaces = [] }: ConstraintMatch,
  object: KubernetesObject,
  namespace: ContainingNamespace | undefined,
): boolean {
  const name = isNamespace(object)
    ? (object.metadata?.name ?? '')
    : (namespace?.name ?? declaredNamespace(object));
  if (name === '' && !isNamespace(object)) return true;
  const isIn = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => matchesGlob(pattern, name));
  return (namespaces.length === 0 || isIn(namespaces)) && !isIn(excludedNamespaces);
}

function matchNamespaceSelector(
  selector: ConstraintLabelSelector | undefined,
  object: KubernetesObject,
  namespace: ContainingNamespace | undefined,
): ConstraintMatching {
  if (selector === undefined) return 'matched';
  if (isNamespace(object)) return toMatching(selectsLabels(selector, labelsOf(object)));
  if (namespace === undefined && declaredNamespace(object) === '') return 'matched';
  const labels = namespace?.labels;
  return labels === undefined ? 'unknown' : toMatching(selectsLabels(selector, labels));
}

function toMatching(isMatched: boolean): ConstraintMatching {
  return isMatched ? 'matched' : 'unmatched';
}

/** One without requirements selects everything. */
function selectsLabels(selector: ConstraintLabelSelector | undefined, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  const expressions = matchExpressions.map(({ values = [], ...expression }) => ({
    ...expression,
    values,
  }));
  return meets([...equalities(matchLabels), ...expressions], labels);
}

/** A name that the API server will generate is matched by its beginning. */
function matchesName(pattern: string | undefined, { metadata }: KubernetesObject): boolean {
  if (pattern === undefined || pattern === '') return true;
  const generated = pattern.endsWith(WILDCARD) ? metadata?.generateName : undefined;
  return (
    matchesGlob(pattern, metadata?.name ?? '') ||
    (generated !== undefined && matchesGlob(pattern, generated))
  );
}

function isTexts(values: Readonly<Record<string, unknown>>): values is Labels {
  return Object.values(values).every((value) => typeof value === 'string');
}
