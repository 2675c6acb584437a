import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExportOutcome } from '../../../../src/telemetry/tracing/classify-export-answer.ts';
import { SpanQueue, type SpanQueueOptions } from '../../../../src/telemetry/tracing/span-queue.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { SimulatedTime } from '../../../support/simulated-time.ts';

const ACCEPTED: ExportOutcome = { status: 'accepted', rejectedSpans: 0 };
const AWAY: ExportOutcome = { status: 'retry', reason: 'The connection was refused' };

function startQueue(options: Partial<SpanQueueOptions<string>> = {}) {
  const time = new SimulatedTime();
  const telemetry = recordTelemetry();
  const bodies: string[] = [];
  const outcomes: ExportOutcome[] = [];
  const queue = new SpanQueue<string>(
    {
      queueLengthMax: 4,
      batchLengthMax: 2,
      batchDelayMs: 1000,
      attemptsMax: 3,
      closeMs: 2000,
      thread: 'admission',
      serialize: (spans) => spans.join(),
      send: async (body) => {
        bodies.push(body);
        return outcomes.shift() ?? ACCEPTED;
      },
      ...options,
    },
    { ...telemetry, clock: time.clock, wait: time.wait, random: () => 0 },
  );
  const count = async (name: string): Promise<readonly string[]> =>
    (await telemetry.exposed(`holdfast_trace_${name}`)).filter((line) => !line.endsWith(' 0'));
  return { queue, time, telemetry, bodies, outcomes, count };
}

describe('SpanQueue', () => {
  it('sends a full batch at once, and a smaller one after the delay', async () => {
    const { queue, time, bodies, count } = startQueue();

    for (const span of ['a', 'b', 'c']) queue.add(span);
    await time.passUntil(() => bodies.length === 2);

    assert.deepEqual(bodies, ['a,b', 'c']);
    assert.equal(time.clock.monotonicMs(), 1000, 'only the second batch waited');
    assert.deepEqual(await count('spans_exported_total'), [
      'holdfast_trace_spans_exported_total 3',
    ]);
  });

  it('sends a batch that fills up without waiting further', async () => {
    const { queue, time, bodies } = startQueue();

    queue.add('a');
    await time.pass(500);
    assert.deepEqual(bodies, []);
    queue.add('b');
    await time.passUntil(() => bodies.length === 1, 0);

    assert.deepEqual(bodies, ['a,b']);
  });

  it('drops what does not fit, and never waits for a collector that does not answer', async () => {
    const { queue, bodies, count, telemetry } = startQueue({ send: () => new Promise(() => {}) });

    for (let number = 0; number < 100; number += 1) queue.add(String(number));
    await new Promise((resolve) => setImmediate(resolve));

    assert.deepEqual(bodies, []);
    assert.deepEqual(await count('spans_dropped_total'), [
      'holdfast_trace_spans_dropped_total{reason="queue_full"} 96',
    ]);
    assert.deepEqual(await telemetry.exposed('holdfast_trace_queue_length'), [
      'holdfast_trace_queue_length{thread="admission"} 2',
    ]);
  });

  it('repeats a batch a few times with pauses, then drops it and goes on', async () => {
    const { queue, time, bodies, outcomes, count, telemetry } = startQueue();
    outcomes.push(AWAY, AWAY, AWAY);

    for (const span of ['a', 'b']) queue.add(span);
    await time.passUntil(() => bodies.length === 1, 0);
    for (const span of ['c', 'd']) queue.add(span);
    await time.passUntil(() => bodies.length === 4);

    assert.deepEqual(bodies, ['a,b', 'a,b', 'a,b', 'c,d']);
    assert.equal(time.clock.monotonicMs(), 750, 'no pause is ended by a span that is added');
    assert.deepEqual(await count('spans_dropped_total'), [
      'holdfast_trace_spans_dropped_total{reason="unavailable"} 2',
    ]);
    assert.deepEqual(
      telemetry.entries.map(({ level, message, fields }) => [level, message, fields['reason']]),
      [
        [
          'warn',
          'Traces are not exported; decisions go on as before',
          'The connection was refused',
        ],
        ['info', 'Traces are exported again', undefined],
      ],
    );
  });

  it('obeys a Retry-After', async () => {
    const { queue, time, bodies, outcomes } = startQueue();
    outcomes.push({ status: 'retry', reason: 'The collector answered 429', retryAfterMs: 30_000 });

    queue.add('a');
    queue.add('b');
    await time.passUntil(() => bodies.length === 2);

    assert.equal(time.clock.monotonicMs(), 30_000);
  });

  it('repeats nothing that is refused, and counts what is rejected of a batch', async () => {
    const { queue, time, bodies, outcomes, count } = startQueue();
    outcomes.push(
      { status: 'refused', reason: 'The collector answered 400' },
      { status: 'accepted', rejectedSpans: 1 },
    );

    for (const span of ['a', 'b', 'c', 'd']) queue.add(span);
    await time.passUntil(() => bodies.length === 2);
    await queue.close();

    assert.deepEqual(bodies, ['a,b', 'c,d']);
    assert.deepEqual(await count('spans_dropped_total'), [
      'holdfast_trace_spans_dropped_total{reason="refused"} 3',
    ]);
    assert.deepEqual(await count('spans_exported_total'), [
      'holdfast_trace_spans_exported_total 1',
    ]);
  });

  it('drops a batch that cannot be encoded', async () => {
    const { queue, count } = startQueue({
      serialize: () => {
        throw new Error('no');
      },
    });

    queue.add('a');
    await queue.close();

    assert.deepEqual(await count('spans_dropped_total'), [
      'holdfast_trace_spans_dropped_total{reason="refused"} 1',
    ]);
  });

  it('sends everything when it closes, and takes nothing afterwards', async () => {
    const { queue, bodies, count } = startQueue();

    for (const span of ['a', 'b', 'c']) queue.add(span);
    const closing = queue.close();
    queue.add('late');
    await closing;

    assert.deepEqual(bodies, ['a,b', 'c']);
    assert.deepEqual(await count('spans_dropped_total'), [
      'holdfast_trace_spans_dropped_total{reason="shutdown"} 1',
    ]);
  });

  it('tries each batch once when it closes', async () => {
    const { queue, bodies, outcomes, count } = startQueue();
    outcomes.push(AWAY, AWAY);

    for (const span of ['a', 'b', 'c']) queue.add(span);
    await queue.close();

    assert.deepEqual(bodies, ['a,b', 'c']);
    assert.deepEqual(await count('spans_dropped_total'), [
      'holdfast_trace_spans_dropped_total{reason="shutdown"} 3',
    ]);
  });

  it('gives up at the limit when it closes, and drops the rest', async () => {
    const { queue, time, count } = startQueue({
      send: (_body, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(AWAY));
        }),
    });

    for (const span of ['a', 'b', 'c']) queue.add(span);
    let isClosed = false;
    void queue.close().then(() => {
      isClosed = true;
    });
    await time.pass(1999);
    assert.equal(isClosed, false);
    await time.passUntil(() => isClosed, 1);

    assert.deepEqual(await count('spans_dropped_total'), [
      'holdfast_trace_spans_dropped_total{reason="shutdown"} 3',
    ]);
  });

  it('closes at once where there is nothing to send', async () => {
    const { queue, bodies } = startQueue();

    await queue.close();

    assert.deepEqual(bodies, []);
  });
});
