/** Why an object of the cluster cannot be read, with the fields at fault, for messages. Its values are not repeated. */
import type { z } from 'zod';

/** `the Application is malformed in "spec.source" (Invalid input)`. */
export function describeMalformed(what: string, { issues }: z.ZodError): string {
  const fields = issues.map(({ path, message }) => `"${path.join('.')}" (${message})`);
  return `${what} is malformed in ${fields.join(', ')}`;
}
