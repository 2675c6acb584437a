/** Objects in the words of kubectl users: `deployments.apps` and `shop/checkout`. */

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
