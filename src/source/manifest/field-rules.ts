/** All that is known of one field of a built-in type: its default, and whether the server sets it. */
import { CONSTANT_DEFAULTS, DERIVED_DEFAULTS } from './field-defaults.ts';
import { SERVER_SET_FIELDS } from './server-set-fields.ts';
import type { FieldRule } from './type-schema.ts';

/** The rule of a field, for example of `core/v1.ServiceSpec` and `clusterIP`. */
export function findFieldRule(type: string, field: string): FieldRule | undefined {
  const key = `${type}.${field}`;
  const serverSet = SERVER_SET_FIELDS[key];
  const constants = CONSTANT_DEFAULTS[type] ?? {};
  const fill = Object.hasOwn(constants, field) ? () => constants[field] : DERIVED_DEFAULTS[key];
  return fill === undefined ? serverSet : { ...serverSet, fill };
}
