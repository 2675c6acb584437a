/** Whether the configuration has the drift of an object healed. */
import { matchesWildcards } from '../../base/match-wildcards.ts';
import type { ObjectReference } from '../../kubernetes/object-reference.ts';
import type { HealSettings } from './settings.ts';

/** Both lists must name it: its application, and its own namespace. */
export function matchSelected(
  { namespace = '' }: Pick<ObjectReference, 'namespace'>,
  application: Pick<ObjectReference, 'namespace' | 'name'>,
  { applications, namespaces }: Pick<HealSettings, 'applications' | 'namespaces'>,
): boolean {
  const qualified = `${application.namespace ?? ''}/${application.name}`;
  return (
    // The wildcard is for names: cluster-scoped objects are named by the empty text alone.
    namespaces.some((pattern) =>
      namespace === '' ? pattern === '' : matchesWildcards(namespace, pattern),
    ) &&
    applications.some((pattern) =>
      matchesWildcards(pattern.includes('/') ? qualified : application.name, pattern),
    )
  );
}
