import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOf } from '../simulated-time.ts';
import { sampleEntries } from '../journal-entries.ts';
import { formatOtlp } from '../../../src/sinks/otlp/format-otlp.ts';
import { createFakeElasticsearch } from './fake-elasticsearch.ts';
import { createFakeOtlp } from './fake-otlp.ts';
import { createFakeSlack } from './fake-slack.ts';
import { createFakeTraceCollector } from './fake-trace-collector.ts';
import type { ReceivedRequest, TargetHandler } from './https-target.ts';

/** The statuses of one good request and of the same with one change each. */
function statuses(
  handler: TargetHandler,
  good: ReceivedRequest,
  changes: readonly Partial<ReceivedRequest>[],
): readonly (number | undefined)[] {
  return [{}, ...changes].map((change) => handler({ ...good, ...change }).status ?? 200);
}

const JSON_TYPE = { 'content-type': 'application/json' };

test('the fake Elasticsearch refuses what the real one refuses', () => {
  const search = createFakeElasticsearch({ authorization: 'ApiKey k' });
  const action = '{"create":{"_index":"logs","_id":"a"}}\n';
  const good = {
    method: 'POST',
    path: '/_bulk',
    headers: { authorization: 'ApiKey k', 'content-type': 'application/x-ndjson' },
    body: `${action}{"@timestamp":"2026-01-05T08:00:00.000Z"}\n`,
  };

  assert.deepEqual(
    statuses(search.handler, good, [
      { path: '/logs/_doc' },
      { method: 'GET' },
      { headers: { 'content-type': 'application/x-ndjson' } },
      { headers: { ...good.headers, 'content-type': 'text/plain' } },
      { body: good.body.trimEnd() },
      { body: action },
      { body: '{"index":{"_index":"logs"}}\n{}\n' },
      { body: 'no\nno\n' },
    ]),
    [200, 404, 405, 401, 406, 400, 400, 400, 400],
  );
  assert.match(search.handler(good).body ?? '', /"status":409/u);
  const undated = `{"create":{"_index":"logs","_id":"b"}}\n{"time":"now"}\n`;
  assert.match(search.handler({ ...good, body: undated }).body ?? '', /"status":400/u);
  assert.deepEqual([...search.documents.keys()], ['a']);
});

test('the fake collector refuses what is not OTLP in JSON', () => {
  const collector = createFakeOtlp({ token: 't' });
  const body = formatOtlp(sampleEntries(1, 2), 0);
  const good = {
    method: 'POST',
    path: '/v1/logs',
    headers: { ...JSON_TYPE, authorization: 'Bearer t' },
    body,
  };

  assert.deepEqual(
    statuses(collector.handler, good, [
      { path: '/v1/traces' },
      { method: 'PUT' },
      { headers: JSON_TYPE },
      { headers: { authorization: 'Bearer t' } },
      { body: 'no' },
      { body: body.replace(/"timeUnixNano":"(\d+)"/u, '"timeUnixNano":$1') },
      { body: body.replace('severityNumber', 'severity_number') },
      { body: body.replace('"holdfast.code"', '"holdfast.decision"') },
    ]),
    [200, 404, 405, 401, 415, 400, 400, 400, 400],
  );
  assert.equal(collector.records.length, 2);
});

test('the fake collector of traces refuses what is not OTLP in JSON', () => {
  const collector = createFakeTraceCollector({ token: 't' });
  const span = {
    traceId: '1'.repeat(32),
    spanId: '2'.repeat(16),
    name: 'POST /validate',
    kind: 2,
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
    attributes: [{ key: 'a', value: { intValue: 1 } }],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    status: { code: 0 },
    links: [],
    droppedLinksCount: 0,
    flags: 257,
  };
  const resource = { attributes: [], droppedAttributesCount: 0 };
  const bodyOf = (change: object): string =>
    JSON.stringify({
      resourceSpans: [
        { resource, scopeSpans: [{ scope: { name: 'h' }, spans: [{ ...span, ...change }] }] },
      ],
    });
  const good = {
    method: 'POST',
    path: '/v1/traces',
    headers: { ...JSON_TYPE, authorization: 'Bearer t' },
    body: bodyOf({}),
  };

  assert.deepEqual(
    statuses(collector.handler, good, [
      { path: '/v1/logs' },
      { method: 'PUT' },
      { headers: JSON_TYPE },
      { headers: { authorization: 'Bearer t' } },
      { body: 'no' },
      { body: '{"resourceSpans":[]}' },
      { body: bodyOf({ traceId: '0'.repeat(32) }) },
      { body: bodyOf({ parentSpanId: '' }) },
      { body: bodyOf({ endTimeUnixNano: '0' }) },
      { body: bodyOf({ startTimeUnixNano: 1 }) },
      { body: bodyOf({ attributes: [...span.attributes, ...span.attributes] }) },
      { body: bodyOf({ events: [{}] }) },
      { body: bodyOf({ more: true }) },
    ]),
    [200, 404, 405, 401, 415, ...Array.from({ length: 9 }, () => 400)],
  );
  assert.equal(collector.refusals.length, 13);
  collector.reject(1);
  assert.match(collector.handler(good).body ?? '', /"rejectedSpans":"1"/u);
  assert.deepEqual(
    collector.spans.map(({ name, attributes }) => [name, attributes]),
    [['POST /validate', { a: 1 }]],
  );
});

test('the fake Slack refuses markup, and a second message within a second', () => {
  let nowMs = 0;
  const slack = createFakeSlack({ path: '/hook', clock: clockOf(() => nowMs) });
  const good = { method: 'POST', path: '/hook', headers: JSON_TYPE, body: '{"text":"a &amp; b"}' };

  assert.deepEqual(
    statuses(slack.handler, good, [
      { method: 'GET' },
      { path: '/other' },
      { headers: {} },
      { body: 'no' },
      { body: '{"text":""}' },
      { body: '{"text":"a","blocks":[]}' },
      { body: '{"text":"<!channel>"}' },
      { body: '{"text":"a & b"}' },
      {},
    ]),
    [200, 405, 404, 400, 400, 400, 400, 400, 400, 429],
  );
  nowMs = 1000;
  assert.equal(slack.handler(good).body, 'ok');
  assert.deepEqual(
    slack.messages,
    ['a & b', 'a & b'].map((text) => text.replace('&', '&amp;')),
  );
});
