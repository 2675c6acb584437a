import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOf } from '../../../support/simulated-time.ts';
import type {
  ApiReading,
  ApiWriting,
  WriteOptions,
} from '../../../../src/kubernetes/client/cluster-client.ts';
import { KubernetesEventsSink } from '../../../../src/sinks/kubernetes-events/kubernetes-events-sink.ts';
import type { SinkOutcome } from '../../../../src/delivery/sink.ts';
import type { JournalEntry } from '../../../../src/audit/journal.ts';
import { sampleEntry, sampleRecord } from '../../../support/journal-entries.ts';

const { object } = sampleRecord(1);
const WRITTEN: ApiWriting = { status: 'written', body: {} };
const OURS = {
  reportingController: 'holdfast.dev/webhook',
  metadata: { annotations: { 'holdfast.dev/sequence': '2' } },
  series: { count: 2 },
};

interface Write {
  readonly path: string;
  readonly method: string;
  readonly body: object;
}

/** A sink whose API server answers as it is told, in order, and then that it has written. */
function createTold(
  writings: readonly ApiWriting[] = [],
  reading: ApiReading = { status: 'absent' },
): {
  readonly writes: readonly Write[];
  readonly send: (entries: readonly JournalEntry[]) => Promise<SinkOutcome>;
  readonly isClosed: () => boolean;
  readonly close: () => Promise<void>;
} {
  const writes: Write[] = [];
  const left = [...writings];
  let closed = false;
  const sink = new KubernetesEventsSink(
    { name: 'told', eventIntervalMs: 0, delivery: { timeoutMs: 60_000 } },
    { clock: clockOf(() => 1000) },
    {
      read: async () => reading,
      write: async (path: string, { method, body }: WriteOptions) => {
        writes.push({ path, method, body: Object(body) as object });
        return left.shift() ?? WRITTEN;
      },
      close: () => {
        closed = true;
      },
    },
  );
  return {
    writes,
    send: (entries) => sink.send(entries, AbortSignal.timeout(60_000)),
    isClosed: () => closed,
    close: () => sink.close(),
  };
}

const same = (sequence: number): JournalEntry => sampleEntry(sequence, { object });

test('the events sink writes one Event, and counts what follows', async () => {
  const told = createTold();

  assert.deepEqual(await told.send([same(1), same(2)]), { status: 'delivered' });
  assert.deepEqual(await told.send([same(3)]), { status: 'delivered' });

  const [first, second] = told.writes;
  assert.equal(first?.method, 'POST');
  assert.equal(first.path, '/apis/events.k8s.io/v1/namespaces/shop/events');
  assert.partialDeepStrictEqual(first.body, {
    apiVersion: 'events.k8s.io/v1',
    eventTime: '2026-01-05T08:00:01.000000Z',
    metadata: { annotations: { 'holdfast.dev/sequence': '2' } },
    series: { count: 2, lastObservedTime: '2026-01-05T08:00:02.000000Z' },
  });
  assert.equal(second?.method, 'PATCH');
  assert.deepEqual(second.body, {
    metadata: { annotations: { 'holdfast.dev/sequence': '3' } },
    series: { count: 3, lastObservedTime: '2026-01-05T08:00:03.000000Z' },
  });
  await told.close();
  assert.ok(told.isClosed());
});

test('the events sink counts nothing twice when a batch is sent again', async () => {
  const told = createTold();
  await told.send([same(1)]);

  assert.deepEqual(await told.send([same(1)]), { status: 'delivered' });
  assert.deepEqual(await told.send([same(1), same(2)]), { status: 'delivered' });

  assert.equal(told.writes.length, 2);
  assert.partialDeepStrictEqual(told.writes[1]?.body, { series: { count: 2 } });
});

test('the events sink goes on with an Event from before a restart', async () => {
  const conflict: ApiWriting = { status: 'conflict', reason: 'already exists' };
  const told = createTold([conflict], { status: 'read', body: OURS });

  assert.deepEqual(await told.send([same(2), same(3)]), { status: 'delivered' });

  assert.equal(told.writes[1]?.method, 'PATCH');
  assert.partialDeepStrictEqual(told.writes[1].body, { series: { count: 3 } });
});

test('the events sink does not go on with an Event of somebody else', async () => {
  const conflict: ApiWriting = { status: 'conflict', reason: 'already exists' };
  const foreign = createTold([conflict], { status: 'read', body: { kind: 'Event' } });
  const gone = createTold([conflict], { status: 'absent' });
  const unknown = createTold([conflict], {
    status: 'unavailable',
    code: 'lookup_failed',
    reason: 'down',
  });

  assert.deepEqual(await foreign.send([same(1)]), {
    status: 'refused',
    sequences: [1],
    reason: 'An Event of somebody else has the name of ours',
  });
  assert.deepEqual(await gone.send([same(1)]), {
    status: 'retry',
    reason: 'The Event has just expired',
  });
  assert.deepEqual(await unknown.send([same(1)]), { status: 'retry', reason: 'down' });
});

test('the events sink writes an Event anew that has expired', async () => {
  const told = createTold([WRITTEN, { status: 'absent' }]);
  await told.send([same(1)]);

  assert.deepEqual(await told.send([same(2)]), {
    status: 'retry',
    reason: 'The Event has expired and is written anew',
  });
  assert.deepEqual(await told.send([same(2)]), { status: 'delivered' });
  assert.deepEqual(
    told.writes.map(({ method }) => method),
    ['POST', 'PATCH', 'POST'],
  );
});

test('the events sink refuses what cannot be told, and tells the rest', async () => {
  const invalid: ApiWriting = { status: 'refused', reason: 'invalid', httpStatus: 422 };
  const ending: ApiWriting = {
    status: 'refused',
    reason: 'namespace shop because it is being terminated',
    httpStatus: 403,
  };
  for (const [writing, reason] of [
    [invalid, 'invalid'],
    [ending, 'namespace shop because it is being terminated'],
    [{ status: 'absent' }, 'There is no namespace "shop" to write the Event in'],
  ] as const) {
    const told = createTold([WRITTEN, writing]);

    assert.deepEqual(await told.send([sampleEntry(1), sampleEntry(2), sampleEntry(3)]), {
      status: 'refused',
      sequences: [2],
      reason,
    });
    assert.equal(told.writes.length, 3);
  }
});

test('the events sink waits where it may not write, or the API server is away', async () => {
  for (const [writing, outcome] of [
    [
      { status: 'refused', reason: 'forbidden', httpStatus: 403 },
      { status: 'retry', reason: 'forbidden', retryAfterMs: undefined },
    ],
    [
      { status: 'refused', reason: 'who?', httpStatus: 401 },
      { status: 'retry', reason: 'who?', retryAfterMs: undefined },
    ],
    [
      { status: 'unavailable', reason: 'slow down', retryAfterMs: 3000 },
      { status: 'retry', reason: 'slow down', retryAfterMs: 3000 },
    ],
  ] as const) {
    assert.deepEqual(await createTold([writing]).send([same(1)]), outcome);
  }
  const patched = createTold([WRITTEN, { status: 'conflict', reason: 'changed meanwhile' }]);
  await patched.send([same(1)]);
  assert.deepEqual(await patched.send([same(2)]), { status: 'retry', reason: 'changed meanwhile' });
});

test('the events sink ends with its signal', async () => {
  const sink = new KubernetesEventsSink(
    { name: 'told', eventIntervalMs: 0, delivery: { timeoutMs: 60_000 } },
    { clock: clockOf(() => 1000) },
    { read: async () => ({ status: 'absent' }), write: async () => WRITTEN, close: () => {} },
  );

  assert.deepEqual(await sink.send([same(1)], AbortSignal.abort()), {
    status: 'retry',
    reason: 'The time for the batch was over',
  });
});
