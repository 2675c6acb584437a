import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { AdmissionHandler } from '../../../src/server/admission-routes.ts';
import { currentSpan } from '../../../src/telemetry/tracing/trace-context.ts';
import { recordTraces } from '../../support/recorded-span.ts';
import { answerSize, startTestServer } from '../../support/test-server.ts';
import { waitUntil } from '../../support/wait-until.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };

async function start(t: TestContext, admit: AdmissionHandler = answerSize) {
  const recorded = recordTraces();
  const server = await startTestServer({ admit, traces: recorded.traces });
  t.after(server.stop);
  return { ...recorded, client: server.client() };
}

describe('RequestSpans', () => {
  it('has a span from the headers of a review to its answer, on both ways through the server', async (t) => {
    const seen: (string | undefined)[] = [];
    const { client, begun } = await start(t, (...review) => {
      seen.push(currentSpan()?.reference.spanId);
      return answerSize(...review);
    });

    // The second looks otherwise than the API server's, and goes through the application.
    await client.send('/validate?timeout=5s', {
      method: 'POST',
      headers: JSON_HEADERS,
      body: '{}',
    });
    await client.send('/mutate?more', { method: 'POST', headers: JSON_HEADERS, body: '{}' });
    await waitUntil(() => begun.every(({ events }) => events.includes('ended')));

    assert.deepEqual(
      begun.map(({ name, kind, attributes, events }) => [name, kind, attributes, events]),
      ['validate', 'mutate'].map((route) => [
        `POST /${route}`,
        'server',
        { 'http.request.method': 'POST', 'url.path': `/${route}` },
        [{ annotated: { 'http.response.status_code': 200 } }, 'ended'],
      ]),
    );
    assert.deepEqual(
      seen,
      begun.map(({ span }) => span.reference.spanId),
    );
  });

  it('has none for health, metrics and unknown paths', async (t) => {
    const { client, begun } = await start(t);

    for (const path of ['/livez', '/metrics', '/', '/validated', '//validate']) {
      await client.send(path);
    }

    assert.deepEqual(begun, []);
  });

  it('fails the span of a request that is answered with a fault', async (t) => {
    const { client, begun } = await start(t, () => Promise.reject(new Error('secret')));

    await client.post('/validate', '{}');
    await waitUntil(() => begun[0]?.events.includes('ended') === true);

    assert.deepEqual(begun[0]?.events, [
      { annotated: { 'http.response.status_code': 500 } },
      { failed: '500' },
      'ended',
    ]);
  });

  it('ends the span of a client that went away', async (t) => {
    const answering = Promise.withResolvers<undefined>();
    const { client, begun } = await start(t, async (...review) => {
      await answering.promise;
      return answerSize(...review);
    });

    const asking = client.post('/validate', '{}').catch(() => undefined);
    await waitUntil(() => begun.length === 1);
    client.close();
    await asking;
    await waitUntil(() => begun[0]?.events.includes('ended') === true);
    answering.resolve(undefined);

    assert.deepEqual(begun[0]?.events, [{ failed: 'client_disconnected' }, 'ended']);
  });
});
