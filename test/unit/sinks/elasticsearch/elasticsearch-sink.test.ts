import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ElasticsearchSink } from '../../../../src/sinks/elasticsearch/elasticsearch-sink.ts';
import { createFakeElasticsearch } from '../../../support/sinks/fake-elasticsearch.ts';
import { startSink, testHttpSink } from '../../../support/sinks/http-sink-cases.ts';
import type { HttpSinkCase } from '../../../support/sinks/http-sink-cases.ts';
import { sampleEntries, sampleEntry } from '../../../support/journal-entries.ts';

const AUTHORIZATION = 'ApiKey a2V5OmVsYXN0aWM=';

const CASE: HttpSinkCase = {
  name: 'Elasticsearch',
  secret: 'a2V5OmVsYXN0aWM=',
  create: ({ url, caFile, timeoutMs }, context) =>
    new ElasticsearchSink(
      {
        name: 'search',
        url,
        tls: { caFile },
        delivery: { timeoutMs },
        apiKey: { env: 'SECRET' },
        index: 'logs-holdfast-default',
      },
      context,
    ),
  malformed: { body: '{"took":1}' },
};

testHttpSink(CASE);

test('the Elasticsearch sink creates one document for each record, under its hash', async (t) => {
  const search = createFakeElasticsearch({ authorization: AUTHORIZATION });
  const { sink } = await startSink(t, CASE, search.handler);
  const entries = sampleEntries(1, 3);

  const outcome = await sink.send(entries, AbortSignal.timeout(60_000));

  assert.deepEqual(outcome, { status: 'delivered' });
  assert.deepEqual(
    [...search.documents.keys()],
    entries.map(({ hash }) => hash),
  );
});

test('the Elasticsearch sink counts what is there already as delivered', async (t) => {
  const search = createFakeElasticsearch({ authorization: AUTHORIZATION });
  const { sink } = await startSink(t, CASE, search.handler);
  const signal = AbortSignal.timeout(60_000);
  await sink.send(sampleEntries(1, 2), signal);

  assert.deepEqual(await sink.send(sampleEntries(1, 4), signal), { status: 'delivered' });
  assert.equal(search.documents.size, 4);
});

test('the Elasticsearch sink names the records that will never be taken', async (t) => {
  const search = createFakeElasticsearch({ authorization: AUTHORIZATION });
  const { sink } = await startSink(t, CASE, search.handler);
  search.faults.set(sampleEntry(2).hash, {
    status: 400,
    type: 'document_parsing_exception',
    reason: 'failed to parse field [user.id]',
  });

  assert.deepEqual(await sink.send(sampleEntries(1, 3), AbortSignal.timeout(60_000)), {
    status: 'refused',
    sequences: [2],
    reason:
      'The target answered 400 to a record: document_parsing_exception: failed to parse field [user.id]',
  });
  assert.equal(search.documents.size, 2);
});

test('the Elasticsearch sink sends a batch again while one of its records is not taken yet', async (t) => {
  const search = createFakeElasticsearch({ authorization: AUTHORIZATION });
  const { sink } = await startSink(t, CASE, search.handler);
  const signal = AbortSignal.timeout(60_000);
  const slow = sampleEntry(2).hash;
  search.faults.set(slow, { status: 429, type: 'es_rejected_execution_exception', reason: 'full' });

  assert.deepEqual(await sink.send(sampleEntries(1, 3), signal), {
    status: 'retry',
    reason: 'The target answered 429 to a record: es_rejected_execution_exception: full',
  });
  search.faults.delete(slow);
  assert.deepEqual(await sink.send(sampleEntries(1, 3), signal), { status: 'delivered' });
  assert.equal(search.documents.size, 3);
});
