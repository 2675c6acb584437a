/** What a Loki does, as tests that the real one and the fake one both pass: so the fake is as strict as the real one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { formatEntryJson } from '../../../src/audit/entry-json.ts';
import type { JournalEntry } from '../../../src/audit/journal.ts';
import type { Sink, SinkOutcome } from '../../../src/delivery/sink.ts';
import { LokiSink } from '../../../src/sinks/loki/loki-sink.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { sampleEntry } from '../journal-entries.ts';
import type { LokiServer } from './loki-server.ts';
import { LOKI_PUSHES, pushBody } from './loki-pushes.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** A loaded machine takes its time. */
const SEND_LIMIT_MS = 2 * MINUTE_MS;

interface Stage {
  readonly loki: LokiServer;
  readonly nowMs: number;
}

/** Registers the tests. */
export function testLoki(name: string, start: (t: TestContext) => Promise<LokiServer>): void {
  test(name, async (t) => {
    const stage = { nowMs: Date.now(), loki: await start(t) };
    await testRecords(t, stage);
    await testRefusals(t, stage);
    await testAnswers(t, stage);
  });
}

function createSink(t: TestContext, url: string, tenant?: string): Sink {
  const common = { name: 'loki', url, tls: {}, delivery: { timeoutMs: SEND_LIMIT_MS } };
  const sink = new LokiSink(
    { ...common, labels: { job: 'holdfast' }, ...(tenant !== undefined && { tenant }) },
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
  return sink.send(entries, AbortSignal.timeout(SEND_LIMIT_MS));
}

async function testRecords(context: TestContext, { loki, nowMs }: Stage): Promise<void> {
  await context.test('keeps each record once and in order, however often it is sent', async (t) => {
    const sink = createSink(t, loki.url, 'orders');
    const entries = recentEntries(100, nowMs);

    assert.deepEqual(await send(sink, entries.slice(0, 60)), { status: 'delivered' });
    assert.deepEqual(await send(sink, entries), { status: 'delivered' });

    const lines = await loki.lines('orders', nowMs - HOUR_MS);
    assert.deepEqual(
      lines.map(({ line }) => line),
      entries.map(formatEntryJson),
    );
    const [{ labels } = { labels: {} }] = lines;
    assert.partialDeepStrictEqual(labels, {
      job: 'holdfast',
      cluster: 'prod-eu-1',
      replica: 'holdfast-0',
      decision: 'denied',
    });
  });

  await context.test('takes the backlog of one replica while another is hours ahead', async (t) => {
    const sink = createSink(t, loki.url, 'backlog');
    const ahead = sampleEntry(1, { time: new Date(nowMs).toISOString(), replica: 'holdfast-1' });
    const behind = sampleEntry(2, { time: new Date(nowMs - 2 * HOUR_MS).toISOString() });

    assert.deepEqual(await send(sink, [ahead]), { status: 'delivered' });
    assert.deepEqual(await send(sink, [behind]), { status: 'delivered' });
    assert.equal((await loki.lines('backlog', nowMs - 4 * HOUR_MS)).length, 2);
  });

  await context.test('loses nothing when it is killed and comes back', async (t) => {
    const sink = createSink(t, loki.url, 'crash');
    const entries = recentEntries(50, nowMs);
    await send(sink, entries.slice(0, 20));

    await loki.stop('SIGKILL');
    const whileDown = await send(sink, entries);
    await loki.start();
    const after = await send(sink, entries);

    assert.equal(whileDown.status, 'retry');
    assert.deepEqual(after, { status: 'delivered' });
    assert.equal((await loki.lines('crash', nowMs - HOUR_MS)).length, 50);
  });
}

async function testRefusals(context: TestContext, { loki, nowMs }: Stage): Promise<void> {
  await context.test('refuses what is too old, and takes the rest by halves', async (t) => {
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
    assert.equal((await loki.lines('old', nowMs - HOUR_MS)).length, 3);
  });

  await context.test('refuses what is hours behind the newest line of its stream', async (t) => {
    const sink = createSink(t, loki.url, 'behind');
    const newest = sampleEntry(1, { time: new Date(nowMs).toISOString() });
    const behind = sampleEntry(2, { time: new Date(nowMs - 3 * HOUR_MS).toISOString() });

    assert.deepEqual(await send(sink, [newest]), { status: 'delivered' });
    const refused = await send(sink, [behind]);

    assert.partialDeepStrictEqual(refused, { status: 'refused', sequences: [2] });
    assert.match('reason' in refused ? refused.reason : '', /answered 400: .*too far behind/u);
  });

  await context.test('wants to know the tenant', async (t) => {
    const sink = createSink(t, loki.url);

    assert.partialDeepStrictEqual(await send(sink, recentEntries(1, nowMs)), {
      status: 'retry',
      reason: 'The target answered 401: no org id',
    });
  });
}

/** Pushes that the sink never sends: what it might send after a mistake must not be taken by the fake alone. */
async function testAnswers(context: TestContext, { loki, nowMs }: Stage): Promise<void> {
  for (const [index, push] of LOKI_PUSHES.entries()) {
    await context.test(`answers ${push.statuses.join(' or ')} to ${push.what}`, async () => {
      const answer = await fetch(`${loki.url}${push.path ?? '/loki/api/v1/push'}`, {
        method: push.method ?? 'POST',
        headers: {
          'x-scope-orgid': `push-${index}`,
          'content-type': push.contentType ?? 'application/json',
        },
        ...(push.method !== 'GET' && { body: pushBody(push, nowMs) }),
      });

      const text = await answer.text();
      assert.ok(push.statuses.includes(answer.status), `${answer.status}: ${text}`);
      assert.match(text, push.says);
      if (push.keeps === undefined) return;
      const [kept] = await loki.lines(`push-${index}`, nowMs - HOUR_MS);
      assert.partialDeepStrictEqual(kept?.labels, push.keeps);
    });
  }
}
