/**
 * The type of a custom kind from its CustomResourceDefinition: defaults, lists that merge, fields that are pruned.
 * Source: kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions (structural schemas).
 */
import { isRecord } from '../../base/is-record.ts';
import { findBuiltinType } from './parse-builtin-types.ts';
import type { FieldType, Fields, StructType, TypeNode } from './type-schema.ts';

/** `undefined` if the definition does not describe this kind in this version. */
export function parseCustomType(
  definition: unknown,
  {
    group,
    version,
    kind,
  }: { readonly group: string; readonly version: string; readonly kind: string },
): StructType | undefined {
  const spec = fieldsOf(fieldsOf(definition)['spec']);
  const isMeant = spec['group'] === group && fieldsOf(spec['names'])['kind'] === kind;
  const versions = Array.isArray(spec['versions']) ? spec['versions'] : [];
  const found: unknown = versions.find((one) => fieldsOf(one)['name'] === version);
  const schema = fieldsOf(fieldsOf(found)['schema'])['openAPIV3Schema'];
  if (!isMeant || !isRecord(schema)) return undefined;
  return structOf(schema, true);
}

function structOf(schema: Fields, isObject: boolean): StructType {
  const properties = fieldsOf(schema['properties']);
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const fields = new Map<string, FieldType | undefined>();
  return {
    kind: 'struct',
    name: '',
    keepsEmpty: true,
    isObject,
    field: (name) => {
      if (!fields.has(name)) {
        const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
        fields.set(name, fieldOf(known, { name, isObject, isOpen }));
      }
      return fields.get(name);
    },
  };
}

function fieldOf(
  schema: unknown,
  {
    name,
    isObject,
    isOpen,
  }: { readonly name: string; readonly isObject: boolean; readonly isOpen: boolean },
): FieldType | undefined {
  if (isObject && name === 'metadata') return findBuiltinType('v1', 'ConfigMap')?.field(name);
  // A field that the schema does not have is kept as it is, or dropped.
  if (!isRecord(schema)) return isOpen ? { type: { kind: 'exact' } } : undefined;
  const type = typeOf(schema);
  if (!('default' in schema)) return { type };
  return { type, rule: { fill: () => schema['default'] } };
}

function typeOf(schema: Fields): TypeNode {
  if (schema['x-kubernetes-int-or-string'] === true) return { kind: 'scalar', dropsZero: false };
  switch (schema['type']) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return listOf(schema);
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      return { kind: 'scalar', dropsZero: false };
    default:
      return { kind: 'exact' };
  }
}

const EXACT: TypeNode = { kind: 'exact' };

function objectOf(schema: Fields): TypeNode {
  const { additionalProperties } = schema;
  if (isRecord(additionalProperties) || additionalProperties === true) {
    const value = isRecord(additionalProperties) ? typeOf(additionalProperties) : EXACT;
    return { kind: 'map', keepsEmpty: true, value };
  }
  return structOf(schema, schema['x-kubernetes-embedded-resource'] === true);
}

function listOf(schema: Fields): TypeNode {
  const { items } = schema;
  const item: TypeNode = isRecord(items) ? typeOf(items) : EXACT;
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] === 'map' && Array.isArray(keys)) {
    return { kind: 'list', keepsEmpty: true, item, merge: keys.map(String) };
  }
  const merge = schema['x-kubernetes-list-type'] === 'set' ? 'set' : 'atomic';
  return { kind: 'list', keepsEmpty: true, item, merge };
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}
