/** Records through the real rsyslogd over TLS: parsed as they were meant, in order, none lost while it is killed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { JournalEntry } from '../../src/audit/journal.ts';
import type { Sink, SinkOutcome } from '../../src/delivery/sink.ts';
import { SyslogSink } from '../../src/sinks/syslog/syslog-sink.ts';
import type { SyslogSinkSettings } from '../../src/sinks/syslog/settings.ts';
import { sampleEntries, sampleEntry } from '../support/journal-entries.ts';
import { startRsyslogd } from '../support/sinks/rsyslogd.ts';
import type { ReceivedMessage, Rsyslogd } from '../support/sinks/rsyslogd.ts';
import { waitUntil } from '../support/wait-until.ts';

function createSink(
  t: TestContext,
  { port, caFile, certificateFile, keyFile }: Rsyslogd,
  options: Partial<SyslogSinkSettings> = {},
): Sink {
  const sink = new SyslogSink({
    name: 'log',
    host: '127.0.0.1',
    port,
    tls: { caFile, certificateFile, keyFile },
    facility: 'audit',
    structuredDataId: 'holdfast@32473',
    messageBytesMax: 8192,
    confirm: 'close',
    ...options,
  });
  t.after(() => sink.close());
  return sink;
}

function send(
  sink: Sink,
  entries: readonly JournalEntry[],
  timeoutMs = 60_000,
): Promise<SinkOutcome> {
  return sink.send(entries, AbortSignal.timeout(timeoutMs));
}

function sequencesOf(messages: readonly ReceivedMessage[]): readonly number[] {
  return messages.map(({ structuredData }) =>
    Number(/ ?sequence="(\d+)"/u.exec(structuredData)?.[1]),
  );
}

test('rsyslogd reads every part of a message as it was meant', async (t) => {
  const rsyslogd = await startRsyslogd(t);
  const sink = createSink(t, rsyslogd);
  const entry = sampleEntry(1, {
    user: { username: 'eve"] [x@1', groups: [], extra: {} },
    message: 'größer\nals zuvor',
  });

  assert.deepEqual(await send(sink, [entry]), { status: 'delivered' });

  await waitUntil(async () => (await rsyslogd.received()).length === 1);
  const [message] = await rsyslogd.received();
  assert.equal(message?.priority, '108');
  assert.equal(message.host, 'holdfast-0');
  assert.equal(message.program, 'holdfast');
  assert.match(
    message.structuredData,
    /^\[holdfast@32473 sequence="1" .* user="eve\\"\\\] \[x@1"\]$/u,
  );
  const text = message.text.replace(/^ ?\ufeff?/u, '');
  assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(entry.record)));
});

test('rsyslogd takes messages up to its limit whole', async (t) => {
  const rsyslogd = await startRsyslogd(t);
  const sink = createSink(t, rsyslogd);
  const groups = Array.from({ length: 2000 }, (_, index) => `group-${index}`);
  const entries = [
    sampleEntry(1, { user: { username: 'alice', groups, extra: {} } }),
    sampleEntry(2, { message: 'ä'.repeat(20_000) }),
    sampleEntry(3),
  ];

  assert.deepEqual(await send(sink, entries), { status: 'delivered' });

  await waitUntil(async () => (await rsyslogd.received()).length === 3);
  const messages = await rsyslogd.received();
  assert.deepEqual(sequencesOf(messages), [1, 2, 3]);
  assert.match(messages[0]?.structuredData ?? '', /truncated="true"\]$/u);
  assert.match(messages[1]?.text ?? '', /ä$/u);
});

test('what counts as delivered has been read, whenever rsyslogd is killed', async (t) => {
  const rsyslogd = await startRsyslogd(t);
  const sink = createSink(t, rsyslogd);
  let delivered = 0;
  for (let round = 0; round < 5; round += 1) {
    const first = delivered + 1;
    const batches = [sampleEntries(first, first + 39), sampleEntries(first + 40, first + 79)];
    const [one = [], two = []] = batches;
    if ((await send(sink, one)).status === 'delivered') delivered = first + 39;
    const sending = send(sink, two);
    await rsyslogd.stop('SIGKILL');
    const interrupted = await sending;
    await rsyslogd.start();
    // Sent again from the first that was not confirmed: twice is allowed, never is not.
    if (interrupted.status !== 'delivered') {
      assert.deepEqual(await send(sink, two), { status: 'delivered' });
    }
    delivered = first + 79;
  }

  await waitUntil(async () => new Set(sequencesOf(await rsyslogd.received())).size === delivered);
});

test('without our certificate, rsyslogd takes nothing, and nothing counts as delivered', async (t) => {
  const rsyslogd = await startRsyslogd(t);
  const sink = createSink(t, rsyslogd, { tls: { caFile: rsyslogd.caFile } });

  const outcome = await send(sink, sampleEntries(1, 3));

  assert.equal(outcome.status, 'retry');
  assert.deepEqual(await rsyslogd.received(), []);
});

test('a kept connection to rsyslogd carries batch after batch', async (t) => {
  const rsyslogd = await startRsyslogd(t);
  const sink = createSink(t, rsyslogd, { confirm: 'write' });

  assert.deepEqual(await send(sink, sampleEntries(1, 20)), { status: 'delivered' });
  assert.deepEqual(await send(sink, sampleEntries(21, 40)), { status: 'delivered' });

  await waitUntil(async () => (await rsyslogd.received()).length === 40);
  assert.deepEqual(
    sequencesOf(await rsyslogd.received()),
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
});
