/**
 * Traces of requests: the interface. `opentelemetry-traces.ts` imports the library. Where the configuration has no section
 * `traces` there is no object of this type, and nobody calls what would use it.
 */

/** Names and values are for whoever may read traces: never contents of objects, texts of users, or credentials. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Identifies a span. Source: W3C Trace Context, section 3.2: 32 and 16 lower case hexadecimal digits. */
export interface SpanReference {
  readonly traceId: string;
  readonly spanId: string;
}

/** The span of a caller in another process. */
export interface RemoteParent extends SpanReference {
  /** Whether the caller keeps its trace. */
  readonly isSampled: boolean;
}

/** A span that is recorded. */
export interface OpenSpan {
  readonly reference: SpanReference;
  /** False after `end`: what outlives a request must not add to its trace. */
  readonly isOpen: boolean;
  /** Members that are `undefined` are left out. */
  readonly annotate: (attributes: SpanAttributes) => void;
  /** Marks the span as failed, with a code of the error table or an HTTP status. */
  readonly fail: (code: string) => void;
  readonly end: () => void;
}

/** Begins spans. Each function returns `undefined` where the trace is not sampled; none of them throws. */
export interface Traces {
  /** Of a request from another process: continues its trace, or begins one. */
  readonly receive: (
    name: string,
    parent: RemoteParent | undefined,
    attributes: SpanAttributes,
  ) => OpenSpan | undefined;
  /** A part of the current span (`trace-context.ts`); none without one. */
  readonly begin: (
    name: string,
    kind: 'internal' | 'client',
    attributes: SpanAttributes,
  ) => OpenSpan | undefined;
  /** A trace of its own for what is done later, linked to the traces that caused it. Always sampled. */
  readonly follow: (
    name: string,
    causes: readonly SpanReference[],
    attributes: SpanAttributes,
  ) => OpenSpan;
  /** Exports what is queued, within `traces.closeMs`. */
  readonly close: () => Promise<void>;
}
