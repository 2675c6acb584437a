/**
 * What is known of the values of a kind: how its lists merge, what Go's encoder leaves out, what the API server fills in.
 * Built-in kinds and custom ones have the same form, so that one comparison serves both.
 */

export type Fields = Readonly<Record<string, unknown>>;

export type TypeNode =
  /** `dropsZero`: false, 0 and "" are the same as absent. */
  | { readonly kind: 'scalar'; readonly dropsZero: boolean }
  | { readonly kind: 'quantity' }
  /** Base64. */
  | { readonly kind: 'bytes' }
  | { readonly kind: 'time' }
  /** Compared as it is. */
  | { readonly kind: 'exact' }
  /** Nothing is known: what was added may be a default. */
  | { readonly kind: 'untyped' }
  | StructType
  | MapType
  | ListType;

export interface StructType {
  readonly kind: 'struct';
  /** `core/v1.Probe`; empty for a custom kind. */
  readonly name: string;
  /** Its empty form says something that its absence does not. */
  readonly keepsEmpty: boolean;
  /** A whole object (a PersistentVolumeClaim in a template): apiVersion, kind and status are not compared. */
  readonly isObject: boolean;
  readonly field: (name: string) => FieldType | undefined;
}

export interface FieldType {
  readonly type: TypeNode;
  readonly rule?: FieldRule | undefined;
}

export interface MapType {
  readonly kind: 'map';
  /** As for a struct: only Go's encoder leaves out what is empty. */
  readonly keepsEmpty: boolean;
  readonly value: TypeNode;
}

export interface ListType {
  readonly kind: 'list';
  readonly keepsEmpty: boolean;
  readonly item: TypeNode;
  /** Replaced as a whole, a set of texts, or merged by these fields of its items. */
  readonly merge: 'atomic' | 'set' | readonly string[];
}

/** Where a rule is asked. */
export interface RuleContext {
  /** The structs of the manifest that surround the field, outermost first; what a manifest leaves out is empty. */
  readonly declared: readonly Fields[];
  /** The whole object as the API server has it. */
  readonly object: Fields;
  /** Keys from the outermost struct to the field. */
  readonly keys: readonly string[];
}

/** What the API server does with one field. */
export interface FieldRule {
  /** The value that the API server fills in where the manifest has none; `undefined` if there is no default. */
  readonly fill?: ((context: RuleContext) => unknown) | undefined;
  /** Whether the API server or a controller of Kubernetes set a value that the manifest does not have. */
  readonly isServerSet?: ((value: unknown, context: RuleContext) => boolean) | undefined;
  /** The same for one entry of a map or one item of a list. */
  readonly isMemberServerSet?: ((member: Member, context: RuleContext) => boolean) | undefined;
  /** Whether a list that is neither the manifest's nor the stored one grants no more than both together. */
  readonly isMerged?: ((lists: MergedLists) => boolean) | undefined;
}

export interface Member {
  /** The key in a map; empty for an item of a list. */
  readonly key: string;
  readonly value: unknown;
}

export interface MergedLists {
  readonly declared: readonly unknown[];
  readonly object: readonly unknown[];
  readonly stored: readonly unknown[];
}
