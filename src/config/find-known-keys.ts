/** Which keys a schema knows at a path: what an unknown one may have been meant as. */
import { z } from 'zod';
import type { ValuePath } from './parse-yaml.ts';

/** The keys at the path; none where the path leads to no section. */
export function findKnownKeys(root: z.ZodType, path: ValuePath): readonly string[] {
  let schema = unwrap(root);
  for (const segment of path) schema = unwrap(step(schema, segment));
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function step(schema: unknown, segment: string | number): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[segment];
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}

/** The schema itself, without what gives it a default or freezes it. */
function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  return schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
    ? unwrap(schema.unwrap())
    : schema;
}
