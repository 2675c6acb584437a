/** The namespace that an object of a request is in. */
import type { AdmissionRequest } from './admission-request.ts';

/**
 * `undefined` for objects that are in none. A Namespace is in none, although the API server sends its own name; a kind of another
 * group may have that name, too, and be in one.
 */
export function containingNamespace({
  kind,
  namespace = '',
}: Pick<AdmissionRequest, 'kind' | 'namespace'>): string | undefined {
  return namespace === '' || isNamespaceKind(kind) ? undefined : namespace;
}

/** The kind of Kubernetes itself. */
export function isNamespaceKind({ group, kind }: AdmissionRequest['kind']): boolean {
  return group === '' && kind === 'Namespace';
}
