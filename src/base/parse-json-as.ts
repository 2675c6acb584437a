/** Parses JSON and validates it against a schema. */
import type { z } from 'zod';

/** `undefined` if the text is not JSON or does not match the schema. */
export function parseJsonAs<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
