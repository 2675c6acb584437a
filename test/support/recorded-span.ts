/** A span that remembers what was done to it. */
import { currentSpan } from '../../src/telemetry/tracing/trace-context.ts';
import type {
  OpenSpan,
  SpanAttributes,
  SpanReference,
  Traces,
} from '../../src/telemetry/tracing/traces.ts';

export type SpanEvent =
  { readonly annotated: SpanAttributes } | { readonly failed: string } | 'ended';

export interface RecordedSpan {
  readonly span: OpenSpan;
  readonly events: readonly SpanEvent[];
}

/** An open span. */
export function recordSpan(traceId = '1'.repeat(32), spanId = '2'.repeat(16)): RecordedSpan {
  const events: SpanEvent[] = [];
  let isOpen = true;
  return {
    events,
    span: {
      reference: { traceId, spanId },
      get isOpen() {
        return isOpen;
      },
      annotate: (annotated) => events.push({ annotated }),
      fail: (failed) => events.push({ failed }),
      end: () => {
        isOpen = false;
        events.push('ended');
      },
    },
  };
}

export interface BegunSpan extends RecordedSpan {
  readonly name: string;
  readonly kind: 'server' | 'internal' | 'client' | 'follows';
  readonly attributes: SpanAttributes;
  readonly causes: readonly SpanReference[];
}

/** Traces in memory that sample everything. */
export function recordTraces(): { readonly traces: Traces; readonly begun: readonly BegunSpan[] } {
  const begun: BegunSpan[] = [];
  const begin = (
    name: string,
    kind: BegunSpan['kind'],
    { attributes, causes = [] }: Partial<Pick<BegunSpan, 'causes'>> & Pick<BegunSpan, 'attributes'>,
  ): OpenSpan => {
    const recorded = recordSpan('1'.repeat(32), String(begun.length + 1).padStart(16, '0'));
    begun.push({ ...recorded, name, kind, attributes, causes });
    return recorded.span;
  };
  return {
    begun,
    traces: {
      receive: (name, _parent, attributes) => begin(name, 'server', { attributes }),
      begin: (name, kind, attributes) =>
        currentSpan() === undefined ? undefined : begin(name, kind, { attributes }),
      follow: (name, causes, attributes) => begin(name, 'follows', { attributes, causes }),
      close: () => Promise.resolve(),
    },
  };
}
