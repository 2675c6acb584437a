/** Paths of the Kubernetes API. Source: kubernetes.io "Kubernetes API Concepts", resource URIs. */
import type { ObjectReference } from '../object-reference.ts';

/** A kind of object, as lists need it. */
export interface ResourceKind {
  readonly group: string;
  readonly version: string;
  /** Plural and lower case. */
  readonly resource: string;
  readonly kind: string;
}

/** The path of one object; `undefined` where the reference cannot name one. */
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
  // Names come from requests. A segment that is empty, `.` or `..` would change which object the path names, and with
  // it which object we take the marks from.
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return undefined;
  }
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

/** A guess that holds for every built-in kind and for most others: `Ingress` to `ingresses`, `Policy` to `policies`. */
export function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  // `endpoints` is its own plural.
  if (singular === 'endpoints') return singular;
  if (/(?:s|x|z|ch|sh)$/u.test(singular)) return `${singular}es`;
  if (/[^aeiou]y$/u.test(singular)) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}
