/** The parts of a Kubernetes object that every rule reads. Source: k8s.io/apimachinery meta/v1 types.go. */

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean | null | undefined;
  readonly blockOwnerDeletion?: boolean | null | undefined;
}

export interface ManagedFieldsEntry {
  readonly manager?: string | undefined;
  readonly operation?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly subresource?: string | undefined;
  /** RFC 3339, in whole seconds: of the manager's last write that changed something. */
  readonly time?: string | undefined;
  readonly fieldsV1?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface ObjectMeta {
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  /** Counts changes of the desired state; absent where a kind has none. */
  readonly generation?: number | undefined;
  readonly deletionTimestamp?: string | null | undefined;
  readonly labels?: Readonly<Record<string, string>> | null | undefined;
  readonly annotations?: Readonly<Record<string, string>> | null | undefined;
  readonly ownerReferences?: readonly OwnerReference[] | null | undefined;
  readonly finalizers?: readonly string[] | null | undefined;
  readonly managedFields?: readonly ManagedFieldsEntry[] | null | undefined;
}

/** Any Kubernetes object. Everything but the metadata is carried unchanged. */
export interface KubernetesObject {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly metadata?: ObjectMeta | null | undefined;
  readonly [field: string]: unknown;
}
