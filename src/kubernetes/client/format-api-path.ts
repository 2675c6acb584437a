/** Paths of the Kubernetes API. Source: kubernetes.io "Kubernetes API Concepts", resource URIs. */
import type { ObjectReference } from '../object-reference.ts';

/** A kind of object, as needed for lists. */
export interface ResourceKind {
  readonly group: string;
  readonly version: string;
  /** Plural and lower case. */
  readonly resource: string;
  readonly kind: string;
}

/** The path of one object; `undefined` if the reference is not valid in a path. */
export function formatObjectPath(reference: ObjectReference): string | undefined {
  const collection = collectionSegments(reference, reference.namespace);
  return join([...collection, reference.name]);
}

/** The path of all objects of a kind in a namespace; without one, of all in the cluster. */
export function formatListPath(
  kind: ResourceKind,
  namespace: string | undefined,
): string | undefined {
  return join(collectionSegments(kind, namespace));
}

function collectionSegments(
  { group, version, resource }: Pick<ResourceKind, 'group' | 'version' | 'resource'>,
  namespace: string | undefined,
): readonly string[] {
  const root = group === '' ? ['api', version] : ['apis', group, version];
  const place = namespace === undefined ? [] : ['namespaces', namespace];
  return [...root, ...place, resource];
}

function join(segments: readonly string[]): string | undefined {
  // Names come from requests. A segment that is empty, `.` or `..` would make the path name another object, and the
  // marks would be read from that one.
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return undefined;
  }
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

/**
 * A heuristic that is right for every built-in kind and most others: `Ingress` to `ingresses`, `Policy` to
 * `policies`.
 */
export function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  // `endpoints` is its own plural.
  if (singular === 'endpoints') return singular;
  if (/(?:s|x|z|ch|sh)$/u.test(singular)) return `${singular}es`;
  if (/[^aeiou]y$/u.test(singular)) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}
