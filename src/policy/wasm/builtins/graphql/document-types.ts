/**
 * Documents of GraphQL in the form in which OPA gives them to policies, which is that of the Go library that it uses. A
 * policy may hand one back, so that any member can be missing.
 */

/** What stands before something: `# …` each. */
export interface CommentGroup {
  readonly List?: readonly { readonly Value?: string }[];
}

type Comment = CommentGroup | null | undefined;

/** `[Int!]`, `Int!`. */
export interface TypeReference {
  readonly NamedType?: string;
  readonly Elem?: TypeReference | null;
  readonly NonNull?: boolean;
}

/** The numbers of kinds of values. */
export const VALUE_KINDS = {
  variable: 0,
  int: 1,
  float: 2,
  string: 3,
  block: 4,
  boolean: 5,
  null: 6,
  enum: 7,
  list: 8,
  object: 9,
} as const;

/** A literal or a variable; `Kind` is one of `VALUE_KINDS`. */
export interface ValueNode {
  readonly Raw?: string;
  readonly Children?: readonly ChildValue[];
  readonly Kind?: number;
  readonly Comment?: Comment;
  readonly ExpectedTypeHasDefault?: boolean;
}

/** An item of a list, without a name, or a field of an object. */
export interface ChildValue {
  readonly Name?: string;
  readonly Value?: ValueNode | null;
  readonly Comment?: Comment;
}

/** `name: value`. */
export interface ArgumentNode {
  readonly Name?: string;
  readonly Value?: ValueNode | null;
  readonly Comment?: Comment;
}

/** `@name(…)`. */
export interface DirectiveNode {
  readonly Name?: string;
  readonly Arguments?: readonly ArgumentNode[];
  readonly Location?: string;
}

/** A field has `Alias` and `Name`, a spread `Name` alone, an inline fragment `TypeCondition`. */
export interface SelectionNode {
  readonly Alias?: string;
  readonly Name?: string;
  readonly TypeCondition?: string;
  readonly Arguments?: readonly ArgumentNode[];
  readonly Directives?: readonly DirectiveNode[];
  readonly SelectionSet?: readonly SelectionNode[];
  readonly Comment?: Comment;
}

/** `$name: Type = value`. */
export interface VariableDefinition {
  readonly Variable?: string;
  readonly Type?: TypeReference | null;
  readonly DefaultValue?: ValueNode | null;
  readonly Directives?: readonly DirectiveNode[];
  readonly Comment?: Comment;
  readonly Used?: boolean;
}

/** A query, a mutation or a subscription. */
export interface OperationNode {
  readonly Operation?: string;
  readonly Name?: string;
  readonly VariableDefinitions?: readonly VariableDefinition[];
  readonly Directives?: readonly DirectiveNode[];
  readonly SelectionSet?: readonly SelectionNode[];
  readonly Comment?: Comment;
}

/** `fragment Name on Type {…}`. */
export interface FragmentNode {
  readonly Name?: string;
  readonly VariableDefinition?: readonly VariableDefinition[];
  readonly TypeCondition?: string;
  readonly Directives?: readonly DirectiveNode[];
  readonly SelectionSet?: readonly SelectionNode[];
  readonly Comment?: Comment;
}

/** Whether a member is there: Go writes `null` for what is not. */
export function isThere<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** What is asked. */
export interface QueryDocument {
  readonly Operations?: readonly OperationNode[];
  readonly Fragments?: readonly FragmentNode[];
}

interface Described {
  readonly Description?: string;
  readonly Name?: string;
  readonly Directives?: readonly DirectiveNode[];
  readonly BeforeDescriptionComment?: Comment;
  readonly AfterDescriptionComment?: Comment;
  readonly EndOfDefinitionComment?: Comment;
}

/** An argument, or a field of an object, an interface or an input. */
export interface FieldDefinition extends Described {
  readonly Arguments?: readonly FieldDefinition[];
  readonly DefaultValue?: ValueNode | null;
  readonly Type?: TypeReference | null;
}

/** A type, or an extension of one; `Kind` is `SCALAR`, `OBJECT`, `INTERFACE`, `UNION`, `ENUM` or `INPUT_OBJECT`. */
export interface TypeDefinition extends Described {
  readonly Kind?: string;
  readonly Interfaces?: readonly string[];
  readonly Fields?: readonly FieldDefinition[];
  readonly Types?: readonly string[];
  readonly EnumValues?: readonly Described[];
  readonly BuiltIn?: boolean;
}

/** `directive @name(…) on …`. */
export interface DirectiveDefinition extends Described {
  readonly Arguments?: readonly FieldDefinition[];
  readonly Locations?: readonly string[];
  readonly IsRepeatable?: boolean;
}

/** `schema {…}`, or an extension of it. */
export interface SchemaDefinition extends Described {
  readonly OperationTypes?: readonly {
    readonly Operation?: string;
    readonly Type?: string;
    readonly Comment?: Comment;
  }[];
}

/** What can be asked. */
export interface SchemaDocument {
  readonly Schema?: readonly SchemaDefinition[];
  readonly SchemaExtension?: readonly SchemaDefinition[];
  readonly Directives?: readonly DirectiveDefinition[];
  readonly Definitions?: readonly TypeDefinition[];
  readonly Extensions?: readonly TypeDefinition[];
  readonly Comment?: Comment;
}

/** A value of an enum. */
export type EnumValueDefinition = Described;
