/** Traces of requests from the real server, by the real library, at a strict collector that also fails. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { CallCounter } from '../support/count-calls.ts';
import { startCloudEventsReceiver } from '../support/cloudevents-receiver.ts';
import type { ReceivedSpan } from '../support/sinks/fake-trace-collector.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { CONTENT, startTracedService, type TracedService } from '../support/traced-service.ts';
import { waitUntil } from '../support/wait-until.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const SAMPLED = { traceparent: `00-${TRACE}-${CALLER}-01` };

const answerSchema = z.object({
  response: z.object({
    allowed: z.boolean(),
    auditAnnotations: z.record(z.string(), z.string()).optional(),
  }),
});

function readResponse(body: string): z.output<typeof answerSchema>['response'] {
  return answerSchema.parse(JSON.parse(body)).response;
}

/** The spans below another one, by name, in the order of their beginning. */
function tree(spans: readonly ReceivedSpan[], parentSpanId: string): object {
  const children = spans
    .filter((span) => span.parentSpanId === parentSpanId)
    .toSorted((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
  return Object.fromEntries(children.map(({ name, spanId }) => [name, tree(spans, spanId)]));
}

async function untilReceived({ collector }: TracedService, name: string, count = 1): Promise<void> {
  await waitUntil(() => collector.spans.filter((span) => span.name === name).length >= count);
}

test('a request gives one tree of spans below the span of the API server', async (t) => {
  const stage = await startTracedService(t);

  const answer = await stage.scale('bad', SAMPLED);
  await untilReceived(stage, 'POST /validate');

  const { spans, refusals } = stage.collector;
  assert.deepEqual(refusals, []);
  assert.deepEqual(tree(spans, CALLER), {
    'POST /validate': {
      'gather object': { 'read API server': {} },
      'evaluate policies': {},
      'record decision': {},
    },
  });
  assert.deepEqual([...new Set(spans.map(({ traceId }) => traceId))], [TRACE]);
  const named = (name: string): ReceivedSpan | undefined =>
    spans.find((span) => span.name === name);
  const decision = readResponse(answer.body).auditAnnotations?.['decision'];
  const server = named('POST /validate');
  const { 'holdfast.policy_revision': revision, ...attributes } = server?.attributes ?? {};
  assert.equal(revision, stage.service.policyRevision);
  assert.deepEqual(attributes, {
    'http.request.method': 'POST',
    'url.path': '/validate',
    'http.response.status_code': 200,
    'holdfast.decision': 'denied',
    'holdfast.decision.id': decision,
    'holdfast.code': 'no',
    'holdfast.operation': 'UPDATE',
    'holdfast.dry_run': false,
    'holdfast.actor.class': 'other',
    'k8s.object.group': 'apps',
    'k8s.object.resource': 'deployments',
    'k8s.object.subresource': 'scale',
    'k8s.object.name': 'bad',
    'k8s.namespace.name': 'shop',
  });
  assert.deepEqual(server?.status, { code: 0 }, 'a denial is no failure');
  assert.deepEqual(named('read API server')?.attributes, {
    'http.request.method': 'GET',
    'url.path': '/apis/apps/v1/namespaces/shop/deployments/bad',
    'holdfast.lookup.outcome': 'read',
  });
  assert.match(
    String(named('evaluate policies')?.attributes['holdfast.evaluation.place']),
    /^(?:worker|inline)$/u,
  );
  assert.deepEqual(server?.resource, {
    'service.name': 'holdfast',
    'service.instance.id': server?.resource['service.instance.id'],
    'k8s.cluster.name': 'test',
  });
});

test('nothing of an object, a user or a secret is in a trace', async (t) => {
  const stage = await startTracedService(t);

  await stage.scale('bad', SAMPLED);
  await stage.client.send('/validate', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...SAMPLED },
    body: `{"apiVersion":"${CONTENT}","request":{"uid":"${CONTENT}"`,
  });
  await untilReceived(stage, 'POST /validate', 2);
  await stage.stop();

  const sent = stage.target.requests.map(({ body }) => body).join('\n');
  assert.ok(sent.includes('POST /validate'));
  for (const secret of [CONTENT, 'alice', 'system:authenticated', 'word-of-the-collector', 'No']) {
    assert.ok(!sent.includes(`${secret}"`) && !sent.includes(`"${secret}`), secret);
  }
  assert.ok(!sent.includes(CONTENT));
});

test('a failed look-up is a failed span with its code', async (t) => {
  const stage = await startTracedService(t);
  stage.api.answer('/apis/apps/v1/namespaces/shop/deployments/good', { status: 500 });

  await stage.scale('good', SAMPLED);
  await untilReceived(stage, 'POST /validate');

  const failed = stage.collector.spans
    .filter(({ status }) => status.code === 2)
    .map(({ name, status }) => [name, status.message]);
  assert.deepEqual(failed, [
    ['read API server', 'lookup_failed'],
    ['gather object', 'lookup_failed'],
  ]);
});

test('a refused request has a span, and a health check has none', async (t) => {
  const stage = await startTracedService(t, { traces: { samplingRatio: 1 } });

  assert.equal((await fetch(`${stage.service.operationsUrl}/readyz`)).status, 200);
  const answer = await stage.client.send('/validate', {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'x',
  });
  await untilReceived(stage, 'POST /validate');
  await stage.stop();

  assert.equal(answer.httpStatus, 415);
  assert.deepEqual(
    stage.collector.spans.map(({ name, attributes }) => [name, attributes]),
    [
      [
        'POST /validate',
        {
          'http.request.method': 'POST',
          'url.path': '/validate',
          'http.response.status_code': 415,
        },
      ],
    ],
  );
});

describe('the header traceparent', () => {
  const HOSTILE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    malformed: { traceparent: 'no' },
    huge: { traceparent: `00-${TRACE}-${CALLER}-01-${'a'.repeat(8000)}` },
    'sent twice': { traceparent: `${SAMPLED.traceparent}, ${SAMPLED.traceparent}` },
    'of zeros': { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01` },
    'absent, with a long tracestate': { tracestate: 'a=b,'.repeat(2000) },
  };
  test('that is hostile begins a trace of its own, and the decision is the same', async (t) => {
    const stage = await startTracedService(t, { traces: { samplingRatio: 1 } });

    for (const [index, [what, headers]] of Object.entries(HOSTILE).entries()) {
      const { httpStatus, body } = await stage.scale('bad', headers);
      await untilReceived(stage, 'POST /validate', index + 1);

      assert.equal(httpStatus, 200, what);
      assert.equal(readResponse(body).allowed, false, what);
      const servers = stage.collector.spans.filter(({ name }) => name === 'POST /validate');
      assert.equal(servers.at(-1)?.parentSpanId, undefined, what);
      assert.notEqual(servers.at(-1)?.traceId, TRACE, what);
    }
  });

  test('that is not sampled leaves no span, and none in the record', async (t) => {
    const stage = await startTracedService(t, { traces: { samplingRatio: 1 } });

    await stage.scale('bad', { traceparent: SAMPLED.traceparent.replace(/01$/u, '00') });
    await stage.scale('bad', SAMPLED);
    await untilReceived(stage, 'POST /validate');
    await stage.stop();

    assert.equal(stage.collector.spans.filter(({ name }) => name === 'POST /validate').length, 1);
  });
});

test('a delivery is linked to the trace of its record, which the receiver can read', async (t) => {
  const receiver = await startCloudEventsReceiver();
  t.after(() => receiver.stop());
  const folder = await makeTemporaryFolder(t, { 'ca.pem': receiver.authority.cert });
  const sink = {
    type: 'webhook',
    name: 'siem',
    url: receiver.url,
    tls: { caFile: join(folder, 'ca.pem') },
    batch: { delayMs: 10 },
  };
  const audit = { journal: {}, record: { routineAllows: 'all' }, sinks: [sink] };
  const stage = await startTracedService(t, { configuration: { audit } });

  await stage.scale('good');
  await waitUntil(() => receiver.events.length === 1);
  await stage.scale('bad', SAMPLED);
  await untilReceived(stage, 'deliver records');

  const delivery = stage.collector.spans.find(({ name }) => name === 'deliver records');
  const server = stage.collector.spans.find(({ name }) => name === 'POST /validate');
  assert.deepEqual(
    delivery?.links.map((link) => [link.traceId, link.spanId]),
    [[TRACE, server?.spanId]],
  );
  assert.deepEqual(delivery?.attributes, {
    'holdfast.sink': 'siem',
    'holdfast.sink.type': 'webhook',
    'holdfast.records': 1,
    'holdfast.outcome': 'delivered',
  });
  assert.notEqual(delivery?.traceId, TRACE);
  assert.deepEqual(
    receiver.events.map(
      ({ data }) => z.looseObject({ trace: z.unknown().optional() }).parse(data).trace,
    ),
    [undefined, { traceId: TRACE, spanId: server?.spanId }],
  );
});

describe('a collector that fails', () => {
  const REQUESTS = 100;

  async function decideAll(stage: TracedService): Promise<void> {
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, () => stage.scale('good', SAMPLED)),
    );
    assert.deepEqual([...new Set(answers.map(({ httpStatus }) => httpStatus))], [200]);
  }

  async function countSpans(stage: TracedService, outcome: string): Promise<number> {
    const lines = await stage.telemetry.exposed(`holdfast_trace_spans_${outcome}_total`);
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  test('and never answers delays no decision: all are made while it has taken one batch', async (t) => {
    const never = Promise.withResolvers<undefined>();
    const traces = { queueLengthMax: 16, batchLengthMax: 8, closeMs: 100 };
    const stage = await startTracedService(t, { traces });
    stage.target.answer(() => ({ after: never.promise }));

    await decideAll(stage);

    assert.ok(stage.target.requests.length <= 1, 'one batch is under way, and nobody waits for it');
    assert.ok((await countSpans(stage, 'dropped')) >= REQUESTS, 'the rest was dropped and counted');
    await stage.stop();
    never.resolve(undefined);
  });

  const ANSWERS = {
    'answers 500': { status: 500, body: 'secret of the collector' },
    'answers garbage': { body: '<html>secret of the collector</html>' },
    'answers with a megabyte': { body: 'x'.repeat(1_000_000) },
    'cuts the connection': { cut: 'before' },
  } as const;
  test('and answers anything else costs spans, which are counted, and one line in the log', async (t) => {
    const stage = await startTracedService(t, { traces: { attemptsMax: 1, closeMs: 500 } });

    for (const [what, answer] of Object.entries(ANSWERS)) {
      const before = await countSpans(stage, 'dropped');
      stage.target.answer(() => answer);
      await decideAll(stage);
      await waitUntil(async () => (await countSpans(stage, 'dropped')) >= before + REQUESTS);
      assert.equal(await countSpans(stage, 'exported'), 0, what);
    }

    const lines = stage.telemetry.entries.filter(
      ({ fields }) => fields['code'] === 'trace_export_failed',
    );
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [['warn', 'Traces are not exported; decisions go on as before']],
    );
    assert.ok(!JSON.stringify(lines).includes('secret'));
  });

  test('and is not there is the same, also when the process starts and stops', async (t) => {
    const traces = { url: 'https://127.0.0.1:1', attemptsMax: 1 };
    const stage = await startTracedService(t, { traces });

    await decideAll(stage);
    await stage.stop();

    assert.ok((await countSpans(stage, 'dropped')) >= REQUESTS);
  });
});

test('what is queued when the process stops is exported', async (t) => {
  const stage = await startTracedService(t, { traces: { batchDelayMs: 60_000 } });

  await stage.scale('good', SAMPLED);
  assert.deepEqual(stage.collector.spans, []);
  await stage.stop();

  assert.ok(stage.collector.spans.some(({ name }) => name === 'POST /validate'));
});

test('the latency histogram names the trace of a request, in OpenMetrics', async (t) => {
  const stage = await startTracedService(t, { exemplars: true });

  await stage.scale('good');
  assert.ok(!(await stage.telemetry.metrics.text()).includes('trace_id'), 'it was not sampled');
  await stage.scale('good', SAMPLED);

  const { metrics } = stage.telemetry;
  const text = await metrics.text();
  assert.equal(metrics.contentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  assert.ok(text.endsWith('# EOF\n'));
  assert.match(
    text,
    new RegExp(
      `^holdfast_decision_duration_seconds_bucket\\{le="[0-9.]+",route="validate"\\} [12] # \\{trace_id="${TRACE}",span_id="[0-9a-f]{16}"\\} [0-9.e-]+ [0-9.]+$`,
      'mu',
    ),
  );
});

test('without the section, a request runs nothing of traces, and the library is not loaded', async (t) => {
  const stage = await startTracedService(t, { traces: null });
  const calls = new CallCounter(
    /\/src\/(?:telemetry\/tracing|server\/request-spans|compose\/trace-)|@opentelemetry/u,
  );
  t.after(() => {
    calls.close();
  });

  await stage.scale('good', SAMPLED);
  const executed = await calls.count(async () => {
    await stage.scale('good', SAMPLED);
    await stage.scale('bad', SAMPLED);
  });

  assert.deepEqual(executed, []);
  assert.deepEqual(stage.target.requests, []);
});
