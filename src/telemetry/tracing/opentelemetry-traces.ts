/**
 * Traces by the OpenTelemetry SDK: its identifiers, sampler, limits and encoding. The only importer of its packages, loaded only where the
 * configuration has a section `traces`. Its context manager, exporters and environment variables are not used.
 */
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { Clock } from '../../base/clock.ts';
import { SpanQueue, type SpanQueueDependencies, type SpanQueueOptions } from './span-queue.ts';
import { currentSpan } from './trace-context.ts';
import { TRACE_LIMITS } from './settings.ts';
import type { OpenSpan, SpanAttributes, SpanReference, Traces } from './traces.ts';

export interface TracesOptions extends Omit<SpanQueueOptions<ReadableSpan>, 'serialize'> {
  /** Of the traces that no caller began: 0 to 1. */
  readonly samplingRatio: number;
  /** What all spans have in common: the service, its version, replica and cluster. */
  readonly resource: Readonly<Record<string, string>>;
}

/** Creates the traces of one thread. */
export function createTraces(options: TracesOptions, dependencies: SpanQueueDependencies): Traces {
  const { samplingRatio, resource } = options;
  const queue = new SpanQueue<ReadableSpan>(
    { ...options, serialize: serializeSpans },
    dependencies,
  );
  const attributeCountLimit = TRACE_LIMITS['traces.attributesMax'].default;
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ ...resource }),
    sampler: new ParentBasedSampler({ root: createRootSampler(samplingRatio) }),
    spanLimits: {
      attributeCountLimit,
      attributeValueLengthLimit: TRACE_LIMITS['traces.attributeCharsMax'].default,
      linkCountLimit: TRACE_LIMITS['traces.linksMax'].default,
      attributePerLinkCountLimit: attributeCountLimit,
    },
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnd: (span) => {
          queue.add(span);
        },
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  const tracer = provider.getTracer('holdfast');
  const { clock } = dependencies;
  return {
    receive: (name, parent, attributes) =>
      open(tracer, new TraceTime(clock), {
        name,
        kind: SpanKind.SERVER,
        context: parent === undefined ? ROOT_CONTEXT : contextOf(parent, parent.isSampled, true),
        attributes,
      }),
    begin: (name, kind, attributes) => {
      const parent = currentSpan();
      if (!(parent instanceof SdkSpan)) return undefined;
      return open(tracer, parent.time, {
        name,
        kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
        context: contextOf(parent.reference, true, false),
        attributes,
      });
    },
    follow: (name, causes, attributes) => {
      const links = causes.map((cause): Link => ({ context: spanContextOf(cause, true, true) }));
      const context = ROOT_CONTEXT.setValue(FOLLOWS, true);
      const asked = { name, kind: SpanKind.CLIENT, context, attributes, links };
      const time = new TraceTime(clock);
      return new SdkSpan(start(tracer, time, asked), time);
    },
    close: () => queue.close(),
  };
}

/** Marks the context of spans that are always sampled. */
const FOLLOWS = Symbol('follows');

/** What follows sampled requests is as rare as they are, or an alert. */
function createRootSampler(ratio: number): Sampler {
  const sampler = new TraceIdRatioBasedSampler(ratio);
  return {
    shouldSample: (context, traceId) =>
      context.getValue(FOLLOWS) === true
        ? { decision: SamplingDecision.RECORD_AND_SAMPLED }
        : sampler.shouldSample(context, traceId),
    toString: () => `Root{${ratio}}`,
  };
}

interface Asked {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: Context;
  readonly attributes: SpanAttributes;
  readonly links?: Link[];
}

/**
 * The clock of one trace: wall time once, then the monotonic clock, because most spans are shorter than the wall clock's millisecond, and it
 * may be set meanwhile.
 */
class TraceTime {
  readonly #clock: Clock;
  readonly #offsetMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offsetMs = clock.wallMs() - clock.monotonicMs();
  }

  /** Milliseconds since the epoch, with their fraction. */
  nowMs(): number {
    return this.#offsetMs + this.#clock.monotonicMs();
  }
}

function start(
  tracer: Tracer,
  time: TraceTime,
  { name, context, attributes, ...rest }: Asked,
): Span {
  const options = { ...rest, attributes: { ...attributes }, startTime: time.nowMs() };
  return tracer.startSpan(name, options, context);
}

function open(tracer: Tracer, time: TraceTime, asked: Asked): OpenSpan | undefined {
  const span = start(tracer, time, asked);
  return span.isRecording() ? new SdkSpan(span, time) : undefined;
}

function contextOf(reference: SpanReference, isSampled: boolean, isRemote: boolean): Context {
  return trace.setSpanContext(ROOT_CONTEXT, spanContextOf(reference, isSampled, isRemote));
}

function spanContextOf(
  { traceId, spanId }: SpanReference,
  isSampled: boolean,
  isRemote: boolean,
): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote,
  };
}

class SdkSpan implements OpenSpan {
  readonly reference: SpanReference;
  readonly time: TraceTime;
  readonly #span: Span;
  #isOpen = true;

  constructor(span: Span, time: TraceTime) {
    this.#span = span;
    this.time = time;
    const { traceId, spanId } = span.spanContext();
    this.reference = { traceId, spanId };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  annotate(attributes: SpanAttributes): void {
    if (!this.#isOpen) return;
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined) this.#span.setAttribute(name, value);
    }
  }

  fail(code: string): void {
    if (!this.#isOpen) return;
    this.#span.setAttribute('error.type', code);
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#span.end(this.time.nowMs());
  }
}

function serializeSpans(spans: readonly ReadableSpan[]): string {
  const bytes = JsonTraceSerializer.serializeRequest([...spans]);
  if (bytes === undefined) throw new Error('The spans cannot be encoded');
  return Buffer.from(bytes).toString('utf8');
}
