import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTraces } from '../../../../src/telemetry/tracing/opentelemetry-traces.ts';
import { currentSpan, withinSpan } from '../../../../src/telemetry/tracing/trace-context.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { recordSpan } from '../../../support/recorded-span.ts';
import { SimulatedTime } from '../../../support/simulated-time.ts';
import { createFakeTraceCollector } from '../../../support/sinks/fake-trace-collector.ts';

const PARENT = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isSampled: true };
const START_MS = 1_800_000_000_000;

function startTraces(samplingRatio = 0) {
  const collector = createFakeTraceCollector({ token: 't' });
  const time = new SimulatedTime(START_MS);
  const traces = createTraces(
    {
      samplingRatio,
      resource: { 'service.name': 'holdfast', 'k8s.cluster.name': 'prod' },
      queueLengthMax: 100,
      batchLengthMax: 50,
      batchDelayMs: 10,
      attemptsMax: 1,
      closeMs: 1000,
      thread: 'admission',
      send: async (body) => {
        const { status } = collector.handler({
          method: 'POST',
          path: '/v1/traces',
          headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
          body,
        });
        assert.equal(status, 200, collector.refusals.join());
        return { status: 'accepted', rejectedSpans: 0 };
      },
    },
    { ...recordTelemetry(), clock: time.clock, wait: time.wait, random: () => 0 },
  );
  return { traces, collector, time };
}

describe('createTraces()', () => {
  it('continues the trace of a caller that samples it', async () => {
    const { traces, collector, time } = startTraces();

    const span = traces.receive('POST /validate', PARENT, {
      'url.path': '/validate',
      none: undefined,
    });
    assert.ok(span);
    await time.pass(3);
    span.annotate({ 'holdfast.dry_run': false, 'http.response.status_code': 200, left: undefined });
    span.end();
    await traces.close();

    const [received] = collector.spans;
    assert.deepEqual(received, {
      traceId: PARENT.traceId,
      spanId: span.reference.spanId,
      parentSpanId: PARENT.spanId,
      name: 'POST /validate',
      kind: 2,
      startTimeUnixNano: String(BigInt(START_MS) * 1_000_000n),
      endTimeUnixNano: String(BigInt(START_MS + 3) * 1_000_000n),
      attributes: {
        'url.path': '/validate',
        'holdfast.dry_run': false,
        'http.response.status_code': 200,
      },
      droppedAttributesCount: 0,
      events: [],
      droppedEventsCount: 0,
      status: { code: 0 },
      links: [],
      droppedLinksCount: 0,
      // Sampled, with a parent that is known to be remote.
      flags: 0x301,
      resource: { 'service.name': 'holdfast', 'k8s.cluster.name': 'prod' },
    });
  });

  it('records nothing where the caller does not sample, whatever the ratio', () => {
    const { traces } = startTraces(1);

    assert.equal(traces.receive('POST /validate', { ...PARENT, isSampled: false }, {}), undefined);
  });

  it('samples by the ratio where nobody calls', () => {
    assert.equal(startTraces(0).traces.receive('POST /validate', undefined, {}), undefined);
    const span = startTraces(1).traces.receive('POST /validate', undefined, {});
    assert.match(span?.reference.traceId ?? '', /^(?!0+$)[0-9a-f]{32}$/u);
    const half = startTraces(0.5).traces;
    const sampled = Array.from({ length: 400 }, () => half.receive('x', undefined, {})).filter(
      (one) => one !== undefined,
    ).length;
    assert.ok(sampled > 100 && sampled < 300, String(sampled));
  });

  it('puts a part below the current span, and nothing where there is none', async () => {
    const { traces, collector } = startTraces();
    assert.equal(traces.begin('gather object', 'internal', {}), undefined);
    assert.equal(
      withinSpan(recordSpan().span, () => traces.begin('gather object', 'internal', {})),
      undefined,
      'a span that is not of these traces',
    );

    const root = traces.receive('POST /validate', PARENT, {});
    assert.ok(root);
    withinSpan(root, () => {
      const part = traces.begin('gather object', 'internal', { a: 'b' });
      assert.ok(part);
      withinSpan(part, () => traces.begin('read API server', 'client', {})?.end());
      part.fail('lookup_timed_out');
      part.end();
    });
    root.end();
    await traces.close();

    const shown = collector.spans.map(({ name, kind, status, attributes, traceId }) => ({
      name,
      kind,
      status,
      attributes,
      isSame: traceId === PARENT.traceId,
    }));
    assert.deepEqual(shown, [
      { name: 'read API server', kind: 3, status: { code: 0 }, attributes: {}, isSame: true },
      {
        name: 'gather object',
        kind: 1,
        status: { code: 2, message: 'lookup_timed_out' },
        attributes: { a: 'b', 'error.type': 'lookup_timed_out' },
        isSame: true,
      },
      { name: 'POST /validate', kind: 2, status: { code: 0 }, attributes: {}, isSame: true },
    ]);
    const [read, gather, server] = collector.spans;
    assert.equal(read?.parentSpanId, gather?.spanId);
    assert.equal(gather?.parentSpanId, server?.spanId);
  });

  it('begins a trace of its own for what follows, linked to its causes and always sampled', async () => {
    const { traces, collector } = startTraces(0);

    traces.follow('deliver records', [PARENT], {}).end();
    traces.follow('send alert', [], {}).end();
    await traces.close();

    assert.deepEqual(
      collector.spans.map(({ name, links, parentSpanId, traceId }) => [
        name,
        links.map((link) => [link.traceId, link.spanId]),
        parentSpanId,
        traceId === PARENT.traceId,
      ]),
      [
        ['deliver records', [[PARENT.traceId, PARENT.spanId]], undefined, false],
        ['send alert', [], undefined, false],
      ],
    );
  });

  it('bounds attributes and links', async () => {
    const { traces, collector } = startTraces();
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`a${index}`, 'x']));
    const causes = Array.from({ length: 100 }, () => PARENT);

    const span = traces.follow('deliver records', causes, many);
    span.annotate({ a0: 'y'.repeat(10_000) });
    span.end();
    await traces.close();

    const [received] = collector.spans;
    assert.equal(Object.keys(received?.attributes ?? {}).length, 32);
    assert.equal(received?.droppedAttributesCount, 68);
    assert.equal(received?.attributes['a0'], 'y'.repeat(256));
    assert.equal(received?.links.length, 64);
    assert.equal(received?.droppedLinksCount, 36);
  });

  it('takes nothing more for a span that has ended', async () => {
    const { traces, collector } = startTraces();
    const span = traces.follow('send alert', [], {});
    span.end();

    span.annotate({ late: true });
    span.fail('late');
    span.end();
    assert.equal(
      withinSpan(span, () => currentSpan()),
      undefined,
    );
    await traces.close();

    assert.deepEqual(
      collector.spans.map(({ attributes, status }) => [attributes, status]),
      [[{}, { code: 0 }]],
    );
  });
});
