import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { traceReads } from '../../../src/compose/trace-reads.ts';
import type { ApiReading, ClusterClient } from '../../../src/kubernetes/client/cluster-client.ts';
import { withinSpan } from '../../../src/telemetry/tracing/trace-context.ts';
import { recordSpan, recordTraces } from '../../support/recorded-span.ts';

const OPTIONS = { deadlineAtMs: monotonicMs(1000) };

function clientOf(reading: ApiReading): ClusterClient {
  return {
    server: 'https://cluster',
    read: () => Promise.resolve(reading),
    watch: () => Promise.reject(new Error('not asked')),
    close: () => undefined,
  };
}

describe('traceReads()', () => {
  it('returns the client itself without traces', () => {
    const client = clientOf({ status: 'absent' });
    assert.equal(traceReads(client, undefined), client);
  });

  it('reads without a span outside of a request', async () => {
    const { traces, begun } = recordTraces();
    const client = traceReads(clientOf({ status: 'absent' }), traces);

    assert.deepEqual(await client.read('/api/v1/nodes', OPTIONS), { status: 'absent' });
    assert.deepEqual(begun, []);
  });

  it('gives each read of a request a span, without what was read or selected', async () => {
    const { traces, begun } = recordTraces();
    const failure = { status: 'unavailable', code: 'lookup_failed', reason: 'secret' } as const;

    await withinSpan(recordSpan().span, async () => {
      const read = { status: 'read', body: { secret: true } } as const;
      await traceReads(clientOf(read), traces).read('/api/v1/pods?labelSelector=a', OPTIONS);
      await traceReads(clientOf(failure), traces).read('/api/v1/pods', OPTIONS);
    });

    const attributes = { 'http.request.method': 'GET', 'url.path': '/api/v1/pods' };
    assert.deepEqual(
      begun.map(({ name, kind, attributes: given, events }) => [name, kind, given, events]),
      [
        [
          'read API server',
          'client',
          attributes,
          [{ annotated: { 'holdfast.lookup.outcome': 'read' } }, 'ended'],
        ],
        [
          'read API server',
          'client',
          attributes,
          [
            { annotated: { 'holdfast.lookup.outcome': 'unavailable' } },
            { failed: 'lookup_failed' },
            'ended',
          ],
        ],
      ],
    );
  });
});
