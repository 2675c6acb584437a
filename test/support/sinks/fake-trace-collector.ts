/** The traces endpoint of an OpenTelemetry collector, strict: an unknown field, a zero id or a span that ends before it begins is refused. */
import { z } from 'zod';
import type { ReceivedRequest, TargetHandler, TargetReply } from './https-target.ts';
import { json, parseJson } from './json-reply.ts';

const uint64 = z.string().regex(/^\d{1,20}$/u);
const traceId = z.string().regex(/^(?!0{32})[0-9a-f]{32}$/u);
const spanId = z.string().regex(/^(?!0{16})[0-9a-f]{16}$/u);

const attributesSchema = z
  .array(
    z.strictObject({
      key: z.string().min(1),
      value: z.union([
        z.strictObject({ stringValue: z.string() }),
        z.strictObject({ boolValue: z.boolean() }),
        z.strictObject({ intValue: z.int() }),
        z.strictObject({ doubleValue: z.number() }),
      ]),
    }),
  )
  .refine((list) => new Set(list.map(({ key }) => key)).size === list.length, 'keys are unique');

const spanSchema = z
  .strictObject({
    traceId,
    spanId,
    parentSpanId: spanId.optional(),
    name: z.string().min(1),
    kind: z.int().min(1).max(5),
    startTimeUnixNano: uint64,
    endTimeUnixNano: uint64,
    attributes: attributesSchema,
    droppedAttributesCount: z.int().min(0),
    events: z.array(z.never()),
    droppedEventsCount: z.literal(0),
    status: z.strictObject({ code: z.int().min(0).max(2), message: z.string().optional() }),
    links: z.array(
      z.strictObject({
        traceId,
        spanId,
        attributes: attributesSchema,
        droppedAttributesCount: z.literal(0),
        flags: z.int(),
      }),
    ),
    droppedLinksCount: z.int().min(0),
    flags: z.int(),
  })
  .refine(
    ({ startTimeUnixNano, endTimeUnixNano }) =>
      BigInt(startTimeUnixNano) <= BigInt(endTimeUnixNano),
    'a span ends after it begins',
  );

const requestSchema = z.strictObject({
  resourceSpans: z
    .array(
      z.strictObject({
        resource: z.strictObject({
          attributes: attributesSchema,
          droppedAttributesCount: z.literal(0),
        }),
        scopeSpans: z.array(
          z.strictObject({
            scope: z.strictObject({ name: z.string() }),
            spans: z.array(spanSchema).min(1),
          }),
        ),
      }),
    )
    .min(1),
});

/** A span as it was received, with its attributes by name. */
export interface ReceivedSpan extends Omit<z.output<typeof spanSchema>, 'attributes'> {
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly resource: Readonly<Record<string, string | number | boolean | undefined>>;
}

export interface FakeTraceCollector {
  readonly handler: TargetHandler;
  readonly spans: readonly ReceivedSpan[];
  /** Why requests were refused: for assertions that none was. */
  readonly refusals: readonly string[];
  /** So many of each request are rejected from now on. */
  readonly reject: (count: number) => void;
}

/** A collector behind a header with a secret. */
export function createFakeTraceCollector(options: { readonly token: string }): FakeTraceCollector {
  const spans: ReceivedSpan[] = [];
  const refusals: string[] = [];
  let rejected = 0;
  return {
    spans,
    refusals,
    reject: (count) => {
      rejected = count;
    },
    handler: (request) => {
      const refusal = refuse(request, options.token);
      if (refusal !== undefined) {
        refusals.push(String(refusal.status));
        return refusal;
      }
      const parsed = requestSchema.safeParse(parseJson(request.body));
      if (!parsed.success) {
        refusals.push(parsed.error.message);
        return json(400, { code: 3, message: parsed.error.message });
      }
      spans.push(...listSpans(parsed.data).slice(rejected));
      if (rejected === 0) return json(200, {});
      return json(200, { partialSuccess: { rejectedSpans: String(rejected), errorMessage: 'no' } });
    },
  };
}

function listSpans({ resourceSpans }: z.output<typeof requestSchema>): readonly ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: byName(span.attributes),
        resource: byName(resource.attributes),
      })),
    ),
  );
}

function byName(attributes: z.output<typeof attributesSchema>): ReceivedSpan['attributes'] {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

function refuse(request: ReceivedRequest, token: string): TargetReply | undefined {
  if (request.path !== '/v1/traces') return { status: 404 };
  if (request.method !== 'POST') return { status: 405 };
  if (request.headers.authorization !== `Bearer ${token}`) return { status: 401 };
  if (request.headers['content-type'] !== 'application/json') return { status: 415 };
  return undefined;
}
