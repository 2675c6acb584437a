/** References to objects, and how kubectl users write them: `deployments.apps shop/checkout`. */

/** A reference to one object. `namespace` is absent for cluster-scoped objects. */
export interface ObjectReference {
  readonly group: string;
  readonly version: string;
  /** The plural, lower case resource name; empty where only the kind is known. */
  readonly resource: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** The plural with its group; the core group has no name. */
export function formatResource({
  group,
  resource,
}: {
  readonly group: string;
  readonly resource: string;
}): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** The name after its namespace; cluster-scoped objects have none. */
export function formatPlace({
  namespace,
  name,
}: {
  readonly namespace: string;
  readonly name: string;
}): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** The reference of one Application. */
export function applicationReference(namespace: string, name: string): ObjectReference {
  const kind = { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' };
  return { ...kind, kind: 'Application', namespace, name };
}

/** The reference of one Flux Kustomization. */
export function kustomizationReference(namespace: string, name: string): ObjectReference {
  const kind = { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', resource: 'kustomizations' };
  return { ...kind, kind: 'Kustomization', namespace, name };
}

/** The reference of one Flux HelmRelease. */
export function helmReleaseReference(namespace: string, name: string): ObjectReference {
  const kind = { group: 'helm.toolkit.fluxcd.io', version: 'v2', resource: 'helmreleases' };
  return { ...kind, kind: 'HelmRelease', namespace, name };
}

/** By group, resource and name; the core group comes first. */
export function compareObjects(left: ObjectReference, right: ObjectReference): number {
  return (
    compareTexts(left.group, right.group) ||
    compareTexts(left.resource, right.resource) ||
    compareTexts(left.name, right.name)
  );
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
