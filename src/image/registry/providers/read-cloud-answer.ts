/** What a server of a cloud has answered, or why that cannot be used. */
import type { z } from 'zod';
import { parseStrictJson } from '../../../base/strict-json.ts';
import type { BoundedAnswer } from '../../../base/request-bounded.ts';
import { parseCloudError } from './parse-cloud-error.ts';

export type CloudAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      /** Completes a sentence: `sts.eu-west-1.amazonaws.com answers with AccessDenied (status 403)`. */
      readonly problem: string;
      /** The cloud knows the question and refuses it: the remedy is a right, not patience. */
      readonly isRefusal: boolean;
    };

const OK = 200;
const TOO_MANY_REQUESTS = 429;
const SERVER_ERROR = 500;
/** Answers are flat but for AWS's, which have four levels. */
const DEPTH_MAX = 8;

/** `host` is who was asked, for messages. */
export function readCloudAnswer<Schema extends z.ZodType>(
  answer: BoundedAnswer,
  { host, schema }: { readonly host: string; readonly schema: Schema },
): CloudAnswer<z.output<Schema>> {
  if (answer.status !== 'answered') return fail(`${host}: ${answer.reason}`);
  const { httpStatus, bytes } = answer;
  if (httpStatus !== OK) {
    const code = parseCloudError(bytes);
    const what = code === undefined ? `status ${httpStatus}` : `${code} (status ${httpStatus})`;
    const isRefusal = httpStatus < SERVER_ERROR && httpStatus !== TOO_MANY_REQUESTS;
    return { ok: false, problem: `${host} answers with ${what}`, isRefusal };
  }
  const json = parseStrictJson(bytes, { depthMax: DEPTH_MAX });
  const parsed = schema.safeParse(json.ok ? json.value : undefined);
  return parsed.success
    ? { ok: true, value: parsed.data }
    : fail(`${host} answers with something else than was asked for`);
}

function fail(problem: string): CloudAnswer<never> {
  return { ok: false, problem, isRefusal: false };
}
