/** Puts spans around what is sent after a decision: records to sinks, and messages about incidents. */
import type { AlertTarget, SendOutcome } from '../alerting/alert-target.ts';
import type { JournalEntry } from '../audit/journal.ts';
import type { Sink, SinkOutcome } from '../delivery/sink.ts';
import { TRACE_LIMITS } from '../telemetry/tracing/settings.ts';
import type { OpenSpan, SpanReference, Traces } from '../telemetry/tracing/traces.ts';

/** A sink whose batches have a span each, linked to the requests of their records; none where no request was sampled. */
export function traceSink(sink: Sink, type: string, traces: Traces | undefined): Sink {
  if (traces === undefined) return sink;
  return {
    name: sink.name,
    send: async (entries, signal) => {
      const causes = findCauses(entries);
      if (causes.length === 0) return await sink.send(entries, signal);
      const span = traces.follow('deliver records', causes, {
        'holdfast.sink': sink.name,
        'holdfast.sink.type': type,
        'holdfast.records': entries.length,
      });
      return await settle(span, sink.send(entries, signal));
    },
    close: () => sink.close(),
  };
}

/** A target whose messages have a span each: there are few, and each of them matters. */
export function traceTarget(
  target: AlertTarget,
  type: string,
  traces: Traces | undefined,
): AlertTarget {
  if (traces === undefined) return target;
  return {
    ...target,
    send: async (message, signal) => {
      const span = traces.follow('send alert', [], {
        'holdfast.alert.target': target.name,
        'holdfast.alert.target.type': type,
        'holdfast.alert.kind': message.kind,
        'holdfast.alert.severity': message.notice.severity,
        'holdfast.alert.rule': message.notice.rule,
        'holdfast.incident': message.key,
      });
      return await settle(span, target.send(message, signal));
    },
  };
}

function findCauses(entries: readonly JournalEntry[]): readonly SpanReference[] {
  const linksMax = TRACE_LIMITS['traces.linksMax'].default;
  return entries.flatMap(({ record: { trace } }) => trace ?? []).slice(0, linksMax);
}

async function settle<Outcome extends SinkOutcome | SendOutcome>(
  span: OpenSpan,
  sending: Promise<Outcome>,
): Promise<Outcome> {
  try {
    const outcome = await sending;
    span.annotate({ 'holdfast.outcome': outcome.status });
    if (!SETTLED.has(outcome.status)) span.fail(outcome.status);
    return outcome;
  } catch (fault) {
    span.fail('internal_error');
    throw fault;
  } finally {
    span.end();
  }
}

const SETTLED: ReadonlySet<string> = new Set(['accepted', 'delivered']);
