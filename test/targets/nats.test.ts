/** Records through the real nats-server: stored once, in order, across restarts, by many clusters, under every kind of credential. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { credsAuthenticator, nkeys } from '@nats-io/transport-node';
import { formatEntryJson } from '../../src/audit/entry-json.ts';
import type { JournalEntry } from '../../src/audit/journal.ts';
import type { Sink, SinkOutcome } from '../../src/delivery/sink.ts';
import { HoldfastError } from '../../src/errors.ts';
import { NatsSink } from '../../src/sinks/nats/nats-sink.ts';
import { readNatsRecords } from '../../src/sinks/nats/read-nats-records.ts';
import type { NatsSinkSettings } from '../../src/sinks/nats/settings.ts';
import { issueTestCertificate } from '../support/certificates.ts';
import { findFreePorts } from '../support/cluster/free-ports.ts';
import { sampleEntries, sampleEntry } from '../support/journal-entries.ts';
import { issueNatsAccounts } from '../support/sinks/nats-accounts.ts';
import { startNatsServer } from '../support/sinks/nats-server.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const STREAM = 'HOLDFAST';
const SUBJECTS = ['holdfast.>'];

type SinkOptions = Partial<NatsSinkSettings> & { readonly secret?: string };

function settingsOf(server: string, settings: Partial<NatsSinkSettings>): NatsSinkSettings {
  return {
    name: 'bus',
    servers: [server],
    tls: {},
    stream: STREAM,
    subject: 'holdfast.{cluster}.{decision}',
    delivery: { timeoutMs: 60_000 },
    ...settings,
  };
}

function createSink(
  t: TestContext,
  server: string,
  { secret, ...settings }: SinkOptions = {},
): Sink {
  const sink = new NatsSink(settingsOf(server, settings), {
    environment: secret === undefined ? {} : { SECRET: secret },
    replica: 'holdfast-0',
  });
  t.after(() => sink.close());
  return sink;
}

async function readBack(
  server: string,
  { secret = '', ...settings }: SinkOptions = {},
): Promise<readonly string[]> {
  const records: string[] = [];
  const messages = readNatsRecords(settingsOf(server, settings), { SECRET: secret });
  for await (const message of messages) records.push(new TextDecoder().decode(message));
  return records;
}

function send(sink: Sink, entries: readonly JournalEntry[]): Promise<SinkOutcome> {
  return sink.send(entries, AbortSignal.timeout(60_000));
}

test('the stream holds each record once, in order, under its subject', async (t) => {
  const server = await startNatsServer(t);
  await server.addStream(STREAM, SUBJECTS);
  const sink = createSink(t, server.url);
  const entries = [...sampleEntries(1, 50), sampleEntry(51, { allowed: true, policies: [] })];

  assert.deepEqual(await send(sink, entries), { status: 'delivered' });

  const stored = await server.messages(STREAM);
  assert.deepEqual(
    stored.map(({ id }) => id),
    entries.map(({ hash }) => hash),
  );
  assert.deepEqual(
    stored.map(({ payload }) => payload),
    entries.map(formatEntryJson),
  );
  assert.equal(stored[0]?.subject, 'holdfast.prod-eu-1.denied');
  assert.equal(stored[50]?.subject, 'holdfast.prod-eu-1.allowed');
});

test('the server drops what it has already when a batch is sent again', async (t) => {
  const server = await startNatsServer(t);
  await server.addStream(STREAM, SUBJECTS);
  const sink = createSink(t, server.url);
  await send(sink, sampleEntries(1, 10));

  assert.deepEqual(await send(sink, sampleEntries(1, 20)), { status: 'delivered' });

  assert.equal((await server.messages(STREAM)).length, 20);
});

test('a server that is killed in the middle costs no record, and doubles none', async (t) => {
  const server = await startNatsServer(t);
  await server.addStream(STREAM, SUBJECTS);
  const sink = createSink(t, server.url);
  const entries = sampleEntries(1, 400);

  const sending = send(sink, entries);
  await server.stop('SIGKILL');
  const interrupted = await sending;
  const whileDown = await send(sink, entries);
  await server.start();
  const after = await send(sink, entries);

  assert.equal(interrupted.status, 'retry');
  assert.deepEqual(whileDown, { status: 'retry', reason: 'NATS failed: connection refused' });
  assert.deepEqual(after, { status: 'delivered' });
  assert.deepEqual(
    (await server.messages(STREAM)).map(({ id }) => id),
    entries.map(({ hash }) => hash),
  );
});

test('two clusters share one stream', async (t) => {
  const server = await startNatsServer(t);
  await server.addStream(STREAM, SUBJECTS);
  const east = createSink(t, server.url);
  const west = createSink(t, server.url);
  const westEntry = {
    ...sampleEntry(1, { cluster: 'prod.us*>' }),
    hash: sampleEntry(101).hash,
  };

  await Promise.all([send(east, sampleEntries(1, 5)), send(west, [westEntry])]);

  const subjects = (await server.messages(STREAM)).map(({ subject }) => subject);
  assert.deepEqual(subjects.toSorted(), [
    ...Array.from({ length: 5 }, () => 'holdfast.prod-eu-1.denied'),
    'holdfast.prod_us__.denied',
  ]);
});

test('a stream that is not there is said, with what to do', async (t) => {
  const server = await startNatsServer(t);
  const sink = createSink(t, server.url);

  assert.deepEqual(await send(sink, sampleEntries(1, 1)), {
    status: 'retry',
    reason:
      'No stream takes the subject: create the stream "HOLDFAST", or configure createStream; JetStream must be enabled',
  });
  await server.addStream(STREAM, SUBJECTS);
  assert.deepEqual(await send(sink, sampleEntries(1, 1)), { status: 'delivered' });
});

test('a stream of another name does not get the records', async (t) => {
  const server = await startNatsServer(t);
  await server.addStream('OTHER', SUBJECTS);
  const sink = createSink(t, server.url);

  assert.deepEqual(await send(sink, sampleEntries(1, 1)), {
    status: 'retry',
    reason: 'The subject belongs to another stream than "HOLDFAST"',
  });
  assert.deepEqual(await server.messages('OTHER'), []);
});

test('the stream is created where that is configured, and left alone where it is there', async (t) => {
  const server = await startNatsServer(t);
  const createStream = {
    subjects: SUBJECTS,
    replicas: 1,
    maxAgeMs: 86_400_000,
    duplicateWindowMs: 600_000,
  };

  const first = createSink(t, server.url, { createStream });
  const second = createSink(t, server.url, { createStream: { ...createStream, maxAgeMs: 1000 } });

  assert.deepEqual(await send(first, sampleEntries(1, 2)), { status: 'delivered' });
  assert.deepEqual(await send(second, sampleEntries(1, 3)), { status: 'delivered' });
  assert.equal((await server.messages(STREAM)).length, 3);
});

test('a record that is larger than a message may be is refused, the others are stored', async (t) => {
  const server = await startNatsServer(t, { payloadBytesMax: 4096 });
  await server.addStream(STREAM, SUBJECTS);
  const sink = createSink(t, server.url);
  const large = sampleEntry(2, { message: 'x'.repeat(4096) });

  assert.deepEqual(await send(sink, [sampleEntry(1), large, sampleEntry(3)]), {
    status: 'refused',
    sequences: [2],
    reason: 'The record is larger than the messages that the server or the stream takes',
  });
  assert.equal((await server.messages(STREAM)).length, 2);
});

test('a token, a password and a key open the server; a wrong one does not, and is not repeated', async (t) => {
  const pair = nkeys.createUser();
  const seed = new TextDecoder().decode(pair.getSeed());
  const stranger = new TextDecoder().decode(nkeys.createUser().getSeed());
  const secret = { env: 'SECRET' };
  const password = { user: { username: 'holdfast', password: secret } };
  const secondUser = `{ user: looker, password: looking }`;
  for (const [authorization, access, settings, right, wrong] of [
    [
      'token: s3cr3t-token',
      { token: 's3cr3t-token' },
      { token: secret },
      's3cr3t-token',
      'wr0ng-token',
    ],
    [
      `users = [ { user: holdfast, password: s3cr3t-word }, ${secondUser} ]`,
      { user: 'looker', pass: 'looking' },
      password,
      's3cr3t-word',
      'wr0ng-word',
    ],
    [
      `users = [ { nkey: ${pair.getPublicKey()} }, ${secondUser} ]`,
      { user: 'looker', pass: 'looking' },
      { nkeySeed: secret },
      seed,
      stranger,
    ],
  ] as const) {
    const server = await startNatsServer(t, { authorization, access });
    await server.addStream(STREAM, SUBJECTS);

    const accepted = await send(
      createSink(t, server.url, { ...settings, secret: right }),
      sampleEntries(1, 1),
    );
    const refused = await send(
      createSink(t, server.url, { ...settings, secret: wrong }),
      sampleEntries(1, 1),
    );
    const none = await send(createSink(t, server.url, settings), sampleEntries(1, 1));

    assert.deepEqual(accepted, { status: 'delivered' });
    assert.deepEqual(refused, {
      status: 'retry',
      reason: 'NATS does not accept our credentials',
    });
    assert.deepEqual(none, {
      status: 'retry',
      reason: 'The environment variable "SECRET" is not set',
    });
  }
});

test('a credentials file opens the server, and one of another operator does not', async (t) => {
  const { configuration, credentials } = issueNatsAccounts();
  const server = await startNatsServer(t, {
    configuration,
    access: { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) },
  });
  await server.addStream(STREAM, SUBJECTS);
  const settings = { credentials: { env: 'SECRET' } };
  const stranger = issueNatsAccounts().credentials;

  assert.deepEqual(
    await send(
      createSink(t, server.url, { ...settings, secret: credentials }),
      sampleEntries(1, 2),
    ),
    { status: 'delivered' },
  );
  assert.deepEqual(
    await send(createSink(t, server.url, { ...settings, secret: stranger }), sampleEntries(3, 3)),
    { status: 'retry', reason: 'NATS does not accept our credentials' },
  );
  const broken = await send(
    createSink(t, server.url, { ...settings, secret: 'no credentials' }),
    sampleEntries(3, 3),
  );
  assert.equal(broken.status, 'retry');
  assert.ok(!JSON.stringify(broken).includes('no credentials'));
});

test('over TLS, the server is held against the configured authority', async (t) => {
  const server = await startNatsServer(t, { tls: true });
  await server.addStream(STREAM, SUBJECTS);
  const stranger = issueTestCertificate({ commonNames: ['Stranger'], purpose: 'authority' });
  const folder = await makeTemporaryFolder(t);
  const strangerFile = join(folder, 'ca.crt');
  await writeFile(strangerFile, stranger.cert);

  const trusted = createSink(t, server.url, { tls: { caFile: server.caFile } });
  const untrusted = createSink(t, server.url, { tls: { caFile: strangerFile } });
  const missing = createSink(t, server.url, { tls: { caFile: join(folder, 'none') } });

  assert.deepEqual(await send(trusted, sampleEntries(1, 3)), { status: 'delivered' });
  assert.deepEqual(await send(untrusted, sampleEntries(1, 3)), {
    status: 'retry',
    reason: 'The connection to NATS failed with UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  });
  assert.equal((await send(missing, sampleEntries(1, 3))).status, 'retry');
});

test('a server without TLS learns nothing where TLS is configured', async (t) => {
  const server = await startNatsServer(t, {
    authorization: 'token: s3cr3t-token',
    access: { token: 's3cr3t-token' },
  });
  await server.addStream(STREAM, SUBJECTS);
  const sink = createSink(t, server.url.replace('nats:', 'tls:'), {
    token: { env: 'SECRET' },
    secret: 's3cr3t-token',
  });

  const outcome = await send(sink, sampleEntries(1, 1));

  assert.equal(outcome.status, 'retry');
  assert.deepEqual(await server.messages(STREAM), []);
});

test('what a stream holds is read back in its order, to its end of now, also where messages were deleted', async (t) => {
  const server = await startNatsServer(t);
  await server.addStream(STREAM, SUBJECTS);
  assert.deepEqual(await readBack(server.url), []);
  const entries = sampleEntries(1, 200);
  await send(createSink(t, server.url), entries);

  assert.deepEqual(await readBack(server.url), entries.map(formatEntryJson));

  await server.deleteMessages(STREAM, [1, 100, 199, 200]);
  const left = entries.filter((_, index) => ![0, 99, 198, 199].includes(index));
  assert.deepEqual(await readBack(server.url), left.map(formatEntryJson));
});

test('a stream that cannot be read back says why, without the secret', async (t) => {
  const server = await startNatsServer(t, {
    authorization: 'token: s3cr3t-token',
    access: { token: 's3cr3t-token' },
  });
  const [port = 0] = await findFreePorts(1);
  const token = { env: 'SECRET' };
  const reasonOf = async (url: string, options: SinkOptions) => {
    const fault: unknown = await readBack(url, options).catch((error: unknown) => error);
    assert.ok(fault instanceof HoldfastError && fault.code === 'input_unreadable');
    assert.doesNotMatch(fault.message, /s3cr3t/u);
    return fault.message.replace('The stream of the sink "bus" cannot be read: ', '');
  };

  assert.equal(
    await reasonOf(server.url, { token, secret: 's3cr3t-token' }),
    'There is no stream "HOLDFAST"',
  );
  assert.equal(
    await reasonOf(server.url, { token, secret: 's3cr3t-other' }),
    'NATS does not accept our credentials',
  );
  assert.equal(await reasonOf(`nats://127.0.0.1:${port}`, {}), 'NATS failed: connection refused');
  assert.match(await reasonOf(server.url, { token: { env: 'ABSENT' } }), /ABSENT/u);
});

test('nobody listening, and a batch whose time is over, are tried again', async (t) => {
  const [port = 0] = await findFreePorts(1);
  const nobody = createSink(t, `nats://127.0.0.1:${port}`);
  const server = await startNatsServer(t);
  await server.addStream(STREAM, SUBJECTS);
  const sink = createSink(t, server.url);

  assert.deepEqual(await send(nobody, sampleEntries(1, 1)), {
    status: 'retry',
    reason: 'NATS failed: connection refused',
  });
  assert.deepEqual(await sink.send(sampleEntries(1, 1), AbortSignal.abort()), {
    status: 'retry',
    reason: 'The time for the batch was over',
  });
  assert.deepEqual(await send(sink, sampleEntries(1, 1)), { status: 'delivered' });
});
