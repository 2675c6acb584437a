/** The known keys of a schema at a path, to suggest one for an unknown key. */
import { z } from 'zod';
import type { ValuePath } from '../base/parse-yaml.ts';

/** The keys at the path, of every alternative; none if the path is not a section. */
export function findKnownKeys(root: z.ZodType, path: ValuePath): readonly string[] {
  let schemas = unwrap(root);
  for (const segment of path) {
    schemas = schemas.flatMap((schema) => unwrap(step(schema, segment)));
  }
  const keys = schemas.flatMap((schema) =>
    schema instanceof z.ZodObject ? Object.keys(schema.shape) : [],
  );
  return [...new Set(keys)];
}

function step(schema: unknown, segment: string | number): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[segment];
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}

/** The schemas without wrappers for defaults, read-only types and unions. */
function unwrap(schema: unknown): readonly unknown[] {
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(unwrap);
  return schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
    ? unwrap(schema.unwrap())
    : [schema];
}
