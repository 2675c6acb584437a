/**
 * Secrets are stored beside the configuration, never in it: the configuration is printed, logged, hashed and
 * kept in Git.
 */
import { z } from 'zod';
import { fixedLimit, KIB, type LimitRows } from './limit.ts';
import { pathSchema } from './value-schemas.ts';

/** Rows of the table of limits. */
export const SECRET_LIMITS = {
  'secret.bytesMax': fixedLimit(64 * KIB, {
    unit: 'bytes',
    reason: 'Keys and tokens are smaller; a larger file is not a secret',
    overflow: 'The secret is refused',
  }),
} as const satisfies LimitRows;

/** Where a secret is: a file, or an environment variable. */
export type SecretReference = { readonly file: string } | { readonly env: string };

const MISPLACED =
  'Expected {file: PATH} or {env: NAME}, found something else, not shown because it may be the secret itself';

/** Accepts a reference. Its message never repeats the value, because it may be a secret. */
export const secretReferenceSchema = z
  .strictObject(
    {
      file: pathSchema.optional(),
      env: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/u, 'Expected the name of an environment variable')
        .optional(),
    },
    // An unknown key is named as usual; its value is not part of the message.
    { error: ({ code }) => (code === 'unrecognized_keys' ? undefined : MISPLACED) },
  )
  .transform(({ file, env }, context): SecretReference => {
    if (file !== undefined && env === undefined) return { file };
    if (env !== undefined && file === undefined) return { env };
    context.addIssue({ code: 'custom', message: 'Expected either "file" or "env"' });
    return z.NEVER;
  });
