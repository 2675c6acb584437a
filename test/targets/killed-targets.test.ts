/** From a real journal to three targets at once (Loki's is the fake one), each killed and away for a while: all have every record, in order. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { configurationSchema } from '../../src/config/schema.ts';
import { startTestDelivery } from '../support/delivery-thread.ts';
import { sampleRecord } from '../support/journal-entries.ts';
import { journalOptions, openTestJournal } from '../support/journal-samples.ts';
import { startFakeLoki } from '../support/sinks/fake-loki.ts';
import { startNatsServer } from '../support/sinks/nats-server.ts';
import { startRsyslogd } from '../support/sinks/rsyslogd.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const RECORDS = 900;
const PATIENT = { delivery: { backoffMs: 20, backoffMaxMs: 200, breakerOpenMs: 200 } };

test('three targets that are killed in turn end up with every record, in order', async (t) => {
  const nowMs = Date.now();
  const [nats, loki, rsyslogd] = [
    await startNatsServer(t),
    await startFakeLoki(t),
    await startRsyslogd(t),
  ];
  await nats.addStream('HOLDFAST', ['holdfast.>']);
  const folder = await makeTemporaryFolder(t);
  const { journal } = await openTestJournal(t, journalOptions(join(folder, 'journal')));
  const { caFile, certificateFile, keyFile, port } = rsyslogd;
  const configuration = configurationSchema.parse({
    audit: {
      journal: {},
      sinks: [
        { type: 'nats', name: 'bus', servers: [nats.url], ...PATIENT },
        { type: 'loki', name: 'loki', url: loki.url, tenant: 'house', ...PATIENT },
        {
          type: 'syslog',
          name: 'log',
          host: '127.0.0.1',
          port,
          tls: { caFile, certificateFile, keyFile },
          ...PATIENT,
        },
      ],
    },
  });
  const { delivery, telemetry } = await startTestDelivery(t, journal, {
    configuration,
    folder: join(folder, 'journal'),
  });
  const append = async (first: number, last: number): Promise<void> => {
    for (let sequence = first; sequence <= last; sequence += 1) {
      const time = new Date(nowMs - RECORDS + sequence).toISOString();
      await journal.append(sampleRecord(sequence, { time }));
    }
  };

  await append(1, RECORDS / 3);
  for (const target of [nats, loki, rsyslogd]) await target.stop('SIGKILL');
  await append(RECORDS / 3 + 1, (2 * RECORDS) / 3);
  for (const target of [nats, loki, rsyslogd]) await target.start();
  await append((2 * RECORDS) / 3 + 1, RECORDS);
  await waitUntil(() => delivery.settledThrough() === RECORDS, 5 * 60_000);
  await delivery.close();

  const expected = Array.from({ length: RECORDS }, (_, index) => `uid-${index + 1}`);
  const stored = await nats.messages('HOLDFAST');
  assert.deepEqual(
    stored.map(({ payload }) => uidOf(payload)),
    expected,
  );
  const lines = await loki.lines('house', nowMs - 3_600_000);
  assert.deepEqual(
    lines.map(({ line }) => uidOf(line)),
    expected,
  );
  const received = (await rsyslogd.received()).map(({ text }) => uidOf(text));
  // A batch whose end was not seen is there twice; each record is there, and the first of each in order.
  assert.deepEqual([...new Set(received)], expected);
  const failed = await telemetry.exposed('holdfast_sink_failures_total');
  assert.equal(failed.length, 3, failed.join('\n'));
});

function uidOf(text: string): string | undefined {
  return /"requestUid":"(uid-\d+)"/u.exec(text)?.[1];
}
