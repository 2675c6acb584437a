/** From a real journal to a real receiver over TLS, which refuses, limits, throttles, redirects and breaks off on the way. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { configurationSchema } from '../../src/config/schema.ts';
import { startCloudEventsReceiver, type Interruption } from '../support/cloudevents-receiver.ts';
import { startTestDelivery } from '../support/delivery-thread.ts';
import { sampleRecord } from '../support/journal-entries.ts';
import { followTestJournal, journalOptions, openTestJournal } from '../support/journal-samples.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const RECORDS = 600;
const POISON = 'checkout-123';
/** Some twenty events: the batches that are configured are larger. */
const BODY_BYTES_MAX = 32 * 1024;

/** Misfortunes, one for each request from the third on; then every request is judged. */
const MISFORTUNES: readonly Interruption[] = [
  (_request, response) => {
    response.writeHead(503).end();
    return true;
  },
  ({ socket }) => {
    socket.destroy();
    return true;
  },
  (_request, response) => {
    response.writeHead(308, { location: '/elsewhere' }).end();
    return true;
  },
  (_request, response) => {
    response.writeHead(429, { 'retry-after': '1' }).end();
    return true;
  },
  (_request, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half');
    response.destroy();
    return true;
  },
];

test('600 records reach a difficult receiver once and in order, but for the one that it never takes', async (t) => {
  const receiver = await startCloudEventsReceiver({
    signingKey: 'k',
    bearerToken: 'word',
    bodyBytesMax: BODY_BYTES_MAX,
    refuses: (event) => String(event['subject']).endsWith(POISON),
  });
  t.after(() => receiver.stop());
  const misfortunes = [...MISFORTUNES];
  let requests = 0;
  receiver.interrupt = (request, response) => {
    requests += 1;
    return requests < 3 ? false : (misfortunes.shift()?.(request, response) ?? false);
  };
  const folder = await makeTemporaryFolder(t, { 'ca.pem': receiver.authority.cert });
  const { journal } = await openTestJournal(t, journalOptions(join(folder, 'journal')));
  const configuration = configurationSchema.parse({
    audit: {
      journal: {},
      sinks: [
        {
          type: 'webhook',
          name: 'siem',
          url: receiver.url,
          signingKey: { env: 'SIGNING_KEY' },
          bearerToken: { env: 'TOKEN' },
          tls: { caFile: join(folder, 'ca.pem') },
          batch: { delayMs: 10 },
          delivery: { backoffMs: 10, breakerOpenMs: 50 },
        },
      ],
    },
  });
  const { delivery, telemetry } = await startTestDelivery(t, journal, {
    configuration,
    folder: join(folder, 'journal'),
    environment: { SIGNING_KEY: 'k', TOKEN: 'word' },
  });

  await Promise.all(
    Array.from({ length: RECORDS }, (_, index) => journal.append(sampleRecord(index + 1))),
  );
  await waitUntil(() => delivery.settledThrough() === RECORDS, 60_000);
  await delivery.close();

  const numbers = receiver.events.map(({ sequence }) => Number(sequence));
  assert.deepEqual(
    numbers,
    Array.from({ length: RECORDS }, (_, index) => index + 1).filter((number) => number !== 123),
  );
  assert.deepEqual(misfortunes, []);
  const letters = await followTestJournal(t, journal, join(folder, 'journal')).state.list(
    'dead-letters',
  );
  assert.deepEqual([...letters.keys()], ['siem/0000000000000123']);
  assert.ok(
    [...letters.values()][0]?.includes('The target answered 400: an event that is refused'),
  );
  const lines = await telemetry.exposed('holdfast_sink_entries_total{');
  assert.deepEqual(lines, [
    'holdfast_sink_entries_total{sink="siem",outcome="delivered"} 599',
    'holdfast_sink_entries_total{sink="siem",outcome="refused"} 1',
  ]);
  const faults = new Set(receiver.faults.map((fault) => fault.replace(/\d+/u, 'N')));
  assert.deepEqual([...faults].toSorted(), ['a body of N bytes', 'an event that is refused']);
});
