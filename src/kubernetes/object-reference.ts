/** Names of objects, as kubectl users write them: `deployments.apps shop/checkout`. */

/** Which object is meant. `namespace` is absent for cluster-scoped objects. */
export interface ObjectReference {
  readonly group: string;
  readonly version: string;
  /** The plural, lower case resource name; empty where only the kind is known. */
  readonly resource: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}
