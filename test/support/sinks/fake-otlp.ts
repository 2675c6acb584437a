/** The logs endpoint of an OpenTelemetry collector, strict: an unknown field or a number where a text belongs is refused. */
import { z } from 'zod';
import type { ReceivedRequest, TargetHandler, TargetReply } from './https-target.ts';
import { json, parseJson } from './json-reply.ts';

const uint64 = z.string().regex(/^\d{1,20}$/u);

const attributesSchema = z
  .array(
    z.strictObject({
      key: z.string().min(1),
      value: z.union([
        z.strictObject({ stringValue: z.string() }),
        z.strictObject({ boolValue: z.boolean() }),
        z.strictObject({ intValue: z.string().regex(/^-?\d{1,19}$/u) }),
      ]),
    }),
  )
  .refine((list) => new Set(list.map(({ key }) => key)).size === list.length, 'keys are unique');

const recordSchema = z.strictObject({
  timeUnixNano: uint64,
  observedTimeUnixNano: uint64,
  severityNumber: z.int().min(1).max(24),
  severityText: z.string(),
  traceId: z
    .string()
    .regex(/^(?!0{32})[0-9a-f]{32}$/u)
    .optional(),
  spanId: z
    .string()
    .regex(/^(?!0{16})[0-9a-f]{16}$/u)
    .optional(),
  eventName: z.string().min(1),
  body: z.strictObject({ stringValue: z.string() }),
  attributes: attributesSchema,
});

const requestSchema = z.strictObject({
  resourceLogs: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: attributesSchema }),
      scopeLogs: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string() }),
          logRecords: z.array(recordSchema),
        }),
      ),
    }),
  ),
});

export type OtlpRecord = z.output<typeof recordSchema>;

export interface FakeOtlp {
  readonly handler: TargetHandler;
  readonly records: readonly OtlpRecord[];
  /** So many of each request are rejected from now on. */
  readonly reject: (count: number) => void;
}

/** A collector behind a bearer token. */
export function createFakeOtlp(options: { readonly token: string }): FakeOtlp {
  const records: OtlpRecord[] = [];
  let rejected = 0;
  return {
    records,
    reject: (count) => {
      rejected = count;
    },
    handler: (request) => {
      const refusal = refuse(request, options.token);
      if (refusal !== undefined) return refusal;
      const parsed = requestSchema.safeParse(parseJson(request.body));
      if (!parsed.success) return json(400, { code: 3, message: parsed.error.message });
      const sent = parsed.data.resourceLogs.flatMap(({ scopeLogs }) =>
        scopeLogs.flatMap(({ logRecords }) => logRecords),
      );
      records.push(...sent.slice(rejected));
      if (rejected === 0) return json(200, {});
      const errorMessage = 'attribute too long';
      return json(200, {
        partialSuccess: { rejectedLogRecords: String(rejected), errorMessage },
      });
    },
  };
}

function refuse(request: ReceivedRequest, token: string): TargetReply | undefined {
  if (request.path !== '/v1/logs') return { status: 404 };
  if (request.method !== 'POST') return { status: 405 };
  if (request.headers.authorization !== `Bearer ${token}`) return { status: 401 };
  if (request.headers['content-type'] !== 'application/json') return { status: 415 };
  return undefined;
}
