/** A schema that is read and found to be one. */
import type { Rational } from '../../rego-number.ts';
import type { CompiledPattern } from '../regex-engine.ts';

/** What each keyword asks; `undefined` where the schema does not have it. */
export interface SchemaNode {
  /** Of a schema that is `true` or `false`: whether all values pass. */
  pass?: boolean;
  /** The schema that stands for this one. */
  reference?: SchemaNode;
  types: string[];
  properties: Map<string, SchemaNode>;
  additionalProperties?: boolean | SchemaNode;
  patternProperties: { readonly pattern: CompiledPattern; readonly schema: SchemaNode }[];
  propertyNames?: SchemaNode;
  dependencies: Map<string, readonly string[] | SchemaNode>;
  items: SchemaNode[];
  hasOneItemSchema: boolean;
  additionalItems?: boolean | SchemaNode;
  contains?: SchemaNode;
  multipleOf?: Rational;
  minimum?: Rational;
  maximum?: Rational;
  exclusiveMinimum?: Rational;
  exclusiveMaximum?: Rational;
  /** `minLength`, `maxItems` … by their keyword. */
  bounds: Map<string, number>;
  pattern?: { readonly source: string; readonly compiled: CompiledPattern };
  format?: string;
  required: string[];
  uniqueItems: boolean;
  /** Normalized texts. */
  constant?: string;
  enumeration?: string[];
  oneOf: SchemaNode[];
  anyOf: SchemaNode[];
  allOf: SchemaNode[];
  not?: SchemaNode;
  if?: SchemaNode;
  then?: SchemaNode;
  else?: SchemaNode;
}

/** A schema that asks nothing. */
export function emptySchema(): SchemaNode {
  return {
    types: [],
    properties: new Map(),
    patternProperties: [],
    dependencies: new Map(),
    items: [],
    hasOneItemSchema: false,
    bounds: new Map(),
    required: [],
    uniqueItems: false,
    oneOf: [],
    anyOf: [],
    allOf: [],
  };
}
