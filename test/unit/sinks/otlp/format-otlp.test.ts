import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatOtlp } from '../../../../src/sinks/otlp/format-otlp.ts';
import {
  sampleEntries,
  sampleEntry,
  sampleRecord,
  UNENFORCED,
} from '../../../support/journal-entries.ts';
import { createFakeOtlp } from '../../../support/sinks/fake-otlp.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 9) + 0.5;

test('formatOtlp() writes the record beside what one searches for', () => {
  const entry = sampleEntry(1);

  assert.deepEqual(JSON.parse(formatOtlp([entry], NOW_MS)), {
    resourceLogs: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'holdfast' } },
            { key: 'service.instance.id', value: { stringValue: 'holdfast-0' } },
            { key: 'k8s.cluster.name', value: { stringValue: 'prod-eu-1' } },
          ],
        },
        scopeLogs: [
          {
            scope: { name: 'holdfast' },
            logRecords: [
              {
                timeUnixNano: '1767600001000000000',
                observedTimeUnixNano: '1767603600000000000',
                severityNumber: 13,
                severityText: 'WARN',
                eventName: 'holdfast.decision',
                body: { stringValue: entry.record.message },
                attributes: [
                  { key: 'holdfast.decision', value: { stringValue: 'denied' } },
                  { key: 'holdfast.decision.id', value: { stringValue: entry.record.decisionId } },
                  { key: 'holdfast.code', value: { stringValue: 'managed_object_changed' } },
                  { key: 'holdfast.sequence', value: { intValue: '1' } },
                  { key: 'holdfast.hash', value: { stringValue: entry.hash } },
                  { key: 'holdfast.operation', value: { stringValue: 'UPDATE' } },
                  { key: 'holdfast.dry_run', value: { boolValue: false } },
                  { key: 'enduser.id', value: { stringValue: 'alice' } },
                  { key: 'k8s.namespace.name', value: { stringValue: 'shop' } },
                  { key: 'k8s.object.group', value: { stringValue: 'apps' } },
                  { key: 'k8s.object.resource', value: { stringValue: 'deployments' } },
                  { key: 'k8s.object.name', value: { stringValue: 'checkout-1' } },
                  { key: 'holdfast.record', value: { stringValue: JSON.stringify(entry.record) } },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
});

test('formatOtlp() has one resource for each replica, and leaves out what is empty', () => {
  const { object } = sampleRecord(1);
  const text = formatOtlp(
    [
      ...sampleEntries(1, 2),
      sampleEntry(3, { replica: 'holdfast-1', object: { ...object, namespace: '' } }),
    ],
    NOW_MS,
  );

  assert.equal(text.match(/"service.name"/gu)?.length, 2);
  assert.equal(text.match(/"k8s.namespace.name"/gu)?.length, 2);
});

test('formatOtlp() says how many refusals a record stands for', () => {
  const { time } = sampleRecord(1);
  const counts = { part: 1, count: 42, first: time, last: time, requestUids: [] };
  const text = formatOtlp([sampleEntry(1, { folded: { by: 'request', ...counts } })], NOW_MS);

  assert.match(text, /\{"key":"holdfast.count","value":\{"intValue":"42"\}\}/u);
});

test('formatOtlp() of nothing is an empty export', () => {
  assert.equal(formatOtlp([], NOW_MS), '{"resourceLogs":[]}');
});

test('formatOtlp() has the code and the message of a denial that only the mode of its policy prevented', () => {
  const body = formatOtlp([sampleEntry(1, UNENFORCED)], NOW_MS);

  for (const part of [
    '"severityText":"INFO2"',
    '"body":{"stringValue":"Change it in Git"}',
    '{"key":"holdfast.decision","value":{"stringValue":"audited"}}',
    '{"key":"holdfast.code","value":{"stringValue":"managed_object_changed"}}',
  ]) {
    assert.ok(body.includes(part), part);
  }
});

test('formatOtlp() names the trace of a sampled request where a log record has its own', () => {
  const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  const body = formatOtlp([sampleEntry(1, { trace })], NOW_MS);
  const collector = createFakeOtlp({ token: 't' });
  collector.handler({
    method: 'POST',
    path: '/v1/logs',
    headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
    body,
  });

  assert.deepEqual(
    collector.records.map(({ traceId, spanId }) => ({ traceId, spanId })),
    [trace],
  );
});
