/** Fills in what a schema has a default for. Source: apiextensions-apiserver, pkg/apiserver/schema/defaulting. */
import { isRecord } from '../../base/is-record.ts';
import type { Schema } from './structural-schema.ts';

/** The value with its defaults: of fields that are absent, or null where null is no value of theirs. */
export function applyDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item) => applyDefaults(items, item));
  }
  if (!isRecord(value)) return value;
  const { properties = {}, additionalProperties } = schema;
  const other = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const filled = new Map(Object.entries(value));
  for (const [name, property] of Object.entries(properties)) {
    const given = filled.get(name);
    const isMissing = given === undefined || (given === null && property.nullable !== true);
    if (isMissing && property.default !== undefined) filled.set(name, property.default);
  }
  return Object.fromEntries(
    [...filled].map(([name, member]) => {
      const described = Object.hasOwn(properties, name) ? properties[name] : other;
      return [name, described === undefined ? member : applyDefaults(described, member)];
    }),
  );
}
