/** Records through the real Loki: each once and in order, split where Loki refuses one, kept while it is away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { JournalEntry } from '../../src/audit/journal.ts';
import type { Sink, SinkOutcome } from '../../src/delivery/sink.ts';
import { createLokiSink } from '../../src/sinks/loki/loki-sink.ts';
import { systemClock } from '../../src/base/clock.ts';
import { SINK_TARGETS, skipWithout } from '../support/assets/sink-targets.ts';
import { sampleEntry } from '../support/journal-entries.ts';
import { startLoki } from '../support/sinks/loki-server.ts';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

function createSink(t: TestContext, url: string, tenant: string): Sink {
  const sink = createLokiSink(
    {
      name: 'loki',
      url,
      tls: {},
      delivery: { timeoutMs: 10_000 },
      tenant,
      labels: { job: 'holdfast' },
    },
    { clock: systemClock, environment: {} },
  );
  t.after(() => sink.close());
  return sink;
}

/** Entries of the last minutes, a second apart: Loki takes nothing that is a week old. */
function recentEntries(count: number, nowMs: number): readonly JournalEntry[] {
  return Array.from({ length: count }, (_, index) =>
    sampleEntry(index + 1, { time: new Date(nowMs - (count - index) * 1000).toISOString() }),
  );
}

function send(sink: Sink, entries: readonly JournalEntry[]): Promise<SinkOutcome> {
  return sink.send(entries, AbortSignal.timeout(30_000));
}

test('the real Loki', skipWithout(await SINK_TARGETS.loki()), async (t) => {
  const nowMs = Date.now();
  const loki = await startLoki(t);
  const linesOf = (tenant: string) => loki.lines(tenant, nowMs - 60 * MINUTE_MS);

  await t.test('keeps each record once and in order, however often it is sent', async () => {
    const sink = createSink(t, loki.url, 'orders');
    const entries = recentEntries(100, nowMs);

    assert.deepEqual(await send(sink, entries.slice(0, 60)), { status: 'delivered' });
    assert.deepEqual(await send(sink, entries), { status: 'delivered' });

    const lines = await linesOf('orders');
    assert.deepEqual(
      lines.map(({ line }) => line),
      entries.map((entry) => JSON.stringify(entry)),
    );
    const [{ labels } = { labels: {} }] = lines;
    assert.partialDeepStrictEqual(labels, {
      job: 'holdfast',
      cluster: 'prod-eu-1',
      replica: 'holdfast-0',
      decision: 'denied',
    });
  });

  await t.test('refuses what is too old, and takes the rest by halves', async () => {
    const sink = createSink(t, loki.url, 'old');
    const [first, second, third] = recentEntries(3, nowMs);
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const old = sampleEntry(9, { time: new Date(nowMs - 2 * WEEK_MS).toISOString() });

    const whole = await send(sink, [first, second, old, third]);
    const firstHalf = await send(sink, [first, second]);
    const alone = await send(sink, [old]);
    const last = await send(sink, [third]);

    assert.equal(whole.status, 'too-large');
    assert.deepEqual(firstHalf, { status: 'delivered' });
    assert.partialDeepStrictEqual(alone, { status: 'refused', sequences: [9] });
    assert.match('reason' in alone ? alone.reason : '', /^The target answered 400: .*too old/u);
    assert.deepEqual(last, { status: 'delivered' });
    assert.equal((await linesOf('old')).length, 3);
  });

  await t.test('takes the backlog of one replica while another is hours ahead', async () => {
    const sink = createSink(t, loki.url, 'backlog');
    const ahead = sampleEntry(1, { time: new Date(nowMs).toISOString(), replica: 'holdfast-1' });
    const hoursMs = 2 * 60 * MINUTE_MS;
    const behind = sampleEntry(2, { time: new Date(nowMs - hoursMs).toISOString() });

    assert.deepEqual(await send(sink, [ahead]), { status: 'delivered' });
    assert.deepEqual(await send(sink, [behind]), { status: 'delivered' });
    assert.equal((await loki.lines('backlog', nowMs - 2 * hoursMs)).length, 2);
  });

  await t.test('wants to know the tenant', async () => {
    const sink = createLokiSink(
      { name: 'loki', url: loki.url, tls: {}, delivery: { timeoutMs: 5000 }, labels: {} },
      { clock: systemClock, environment: {} },
    );

    assert.partialDeepStrictEqual(await send(sink, recentEntries(1, nowMs)), {
      status: 'retry',
      reason: 'The target answered 401: no org id',
    });
    await sink.close();
  });

  await t.test('loses nothing when it is killed and comes back', async () => {
    const sink = createSink(t, loki.url, 'crash');
    const entries = recentEntries(50, nowMs);
    await send(sink, entries.slice(0, 20));

    await loki.stop('SIGKILL');
    const whileDown = await send(sink, entries);
    await loki.start();
    const after = await send(sink, entries);

    assert.equal(whileDown.status, 'retry');
    assert.deepEqual(after, { status: 'delivered' });
    assert.equal((await linesOf('crash')).length, 50);
  });
});
