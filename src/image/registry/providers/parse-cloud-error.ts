/**
 * The code in an error of a cloud: a known word for messages. The sentence beside it may repeat what was sent, and is not shown.
 *
 * Source: AWS JSON and query protocols (`__type`, `Error.Code`); RFC 6749 section 5.2 with Microsoft Entra's `AADSTS` numbers; OCI
 * distribution specification, "Error Codes".
 */
import { z } from 'zod';
import { parseStrictJson } from '../../../base/strict-json.ts';

/** Errors have three levels. */
const DEPTH_MAX = 8;
const CODE = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/u;

const textSchema = z.string().optional().catch(undefined);
const awsSchema = z.looseObject({ Code: textSchema }).optional().catch(undefined);
const errorSchema = z.looseObject({
  __type: textSchema,
  Error: awsSchema,
  error: textSchema,
  error_description: textSchema,
  errors: z
    .array(z.looseObject({ code: textSchema }))
    .optional()
    .catch(undefined),
});

/** Undefined: the answer names none. */
export function parseCloudError(bytes: Uint8Array): string | undefined {
  const json = parseStrictJson(bytes, { depthMax: DEPTH_MAX });
  const error = errorSchema.safeParse(json.ok ? json.value : undefined).data;
  if (error === undefined) return undefined;
  const { error_description: description, errors, Error: aws } = error;
  // A shape of AWS may bear its namespace: `com.amazonaws.ecr#AccessDeniedException`.
  const shape = error.__type?.split('#').at(-1);
  const entra = /^AADSTS\d{1,10}(?=:)/u.exec(description ?? '')?.[0];
  const found = shape ?? aws?.Code ?? entra ?? error.error ?? errors?.[0]?.code;
  return found !== undefined && CODE.test(found) ? found : undefined;
}
