/** JSON Schema. Nothing is fetched: what a schema refers to is within it. */
import { RegoObject, type RegoValue } from '../rego-value.ts';
import { BuiltinError, type BuiltinFamily } from './builtin.ts';
import { applySchema } from './json-schema/apply-schema.ts';
import { compileSchema } from './json-schema/compile-schema.ts';
import { readJsonOperand } from './json-schema/json-value.ts';
import type { SchemaError } from './json-schema/schema-error.ts';

/** By their Rego name. */
export const SCHEMA_BUILTINS: BuiltinFamily = {
  'json.match_schema': ([document, schema], context) => {
    const value = readJsonOperand(document);
    const compiled = compileSchema(readJsonOperand(schema), context);
    const { isValid, errors } = applySchema(compiled, value, context);
    return [isValid, errors.map(describeError)];
  },
  'json.verify_schema': ([schema], context) => {
    try {
      compileSchema(readJsonOperand(schema), context);
      return [true, null];
    } catch (fault) {
      if (fault instanceof BuiltinError) return [false, `jsonschema: ${fault.message}`];
      throw fault;
    }
  },
};

function describeError({ type, field, description }: SchemaError): RegoValue {
  return new RegoObject([
    ['desc', description],
    ['error', `${field}: ${description}`],
    ['field', field],
    ['type', type],
  ]);
}
