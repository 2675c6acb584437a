import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AlertTarget, SendOutcome } from '../../../src/alerting/alert-target.ts';
import type { JournalEntry } from '../../../src/audit/journal.ts';
import { traceSink, traceTarget } from '../../../src/compose/trace-deliveries.ts';
import type { Sink, SinkOutcome } from '../../../src/delivery/sink.ts';
import { sampleEntries } from '../../support/journal-entries.ts';
import { recordTraces } from '../../support/recorded-span.ts';

const TRACE = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const SIGNAL = new AbortController().signal;

function sinkOf(send: () => Promise<SinkOutcome>): Sink {
  return { name: 'siem', send, close: () => Promise.resolve() };
}

function traced(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  return entries.map((entry) => ({ ...entry, record: { ...entry.record, trace: TRACE } }));
}

describe('traceSink()', () => {
  const delivered = (): Promise<SinkOutcome> => Promise.resolve({ status: 'delivered' });

  it('returns the sink itself without traces', () => {
    const sink = sinkOf(delivered);
    assert.equal(traceSink(sink, 'webhook', undefined), sink);
  });

  it('sends records of requests that were not sampled without a span', async () => {
    const { traces, begun } = recordTraces();
    const sink = traceSink(sinkOf(delivered), 'webhook', traces);

    assert.deepEqual(await sink.send(sampleEntries(1, 2), SIGNAL), { status: 'delivered' });
    await sink.close();
    assert.deepEqual(begun, []);
  });

  it('links a batch to its first records', async () => {
    const { traces, begun } = recordTraces();
    const sink = traceSink(sinkOf(delivered), 'webhook', traces);
    const entries = [...sampleEntries(1, 1), ...traced(sampleEntries(2, 101))];

    await sink.send(entries, SIGNAL);

    const [span] = begun;
    assert.deepEqual(
      span?.causes,
      Array.from({ length: 64 }, () => TRACE),
    );
    assert.deepEqual(span?.attributes, {
      'holdfast.sink': 'siem',
      'holdfast.sink.type': 'webhook',
      'holdfast.records': entries.length,
    });
    assert.deepEqual(span?.events, [{ annotated: { 'holdfast.outcome': 'delivered' } }, 'ended']);
  });

  it('marks a batch that was not taken, or broke, as failed', async () => {
    const { traces, begun } = recordTraces();
    const retry = (): Promise<SinkOutcome> =>
      Promise.resolve({ status: 'retry', reason: 'secret' });
    await traceSink(sinkOf(retry), 'file', traces).send(traced(sampleEntries(1, 1)), SIGNAL);
    const breaks = sinkOf(() => Promise.reject(new Error('secret')));
    await assert.rejects(
      traceSink(breaks, 'file', traces).send(traced(sampleEntries(1, 1)), SIGNAL),
    );

    assert.deepEqual(
      begun.map(({ events }) => events),
      [
        [{ annotated: { 'holdfast.outcome': 'retry' } }, { failed: 'retry' }, 'ended'],
        [{ failed: 'internal_error' }, 'ended'],
      ],
    );
  });
});

describe('traceTarget()', () => {
  const target: AlertTarget = {
    name: 'pager',
    takesChanges: true,
    triggersPerMinuteMax: 1,
    changesPerMinuteMax: 1,
    outboxMax: 1,
    backoffMs: 1,
    backoffMaxMs: 1,
    send: (): Promise<SendOutcome> => Promise.resolve({ status: 'accepted' }),
    close: () => undefined,
  };

  it('returns the target itself without traces', () => {
    assert.equal(traceTarget(target, 'pagerduty', undefined), target);
  });

  it('gives each message a span with its incident and no text', async () => {
    const { traces, begun } = recordTraces();
    const notice = {
      severity: 'critical',
      class: 'drift',
      rule: 'drift',
      summary: 'secret',
      source: 'prod',
      component: 'shop/checkout',
      group: 'g',
      namespace: 'shop',
      time: '2026-01-05T12:00:00.000Z',
      startedAtMs: 0,
      details: { user: 'secret' },
      links: [],
    } as const;

    const outcome = await traceTarget(target, 'pagerduty', traces).send(
      { kind: 'trigger', key: 'incident-1', notice },
      SIGNAL,
    );

    assert.deepEqual(outcome, { status: 'accepted' });
    const [span] = begun;
    assert.equal(span?.name, 'send alert');
    assert.deepEqual(span?.attributes, {
      'holdfast.alert.target': 'pager',
      'holdfast.alert.target.type': 'pagerduty',
      'holdfast.alert.kind': 'trigger',
      'holdfast.alert.severity': 'critical',
      'holdfast.alert.rule': 'drift',
      'holdfast.incident': 'incident-1',
    });
    assert.deepEqual(span?.events, [{ annotated: { 'holdfast.outcome': 'accepted' } }, 'ended']);
  });
});
