/** JSON of an expected form, or nothing. */
import type { z } from 'zod';

/** `undefined` for a text that is no JSON, or that the schema does not know. */
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
