import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { WebhookSinkSettings } from '../../../../src/sinks/webhook/settings.ts';
import { formatSignature, WebhookSink } from '../../../../src/sinks/webhook/webhook-sink.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import { issueTestCertificate } from '../../../support/certificates.ts';
import {
  startCloudEventsReceiver,
  type ReceiverOptions,
} from '../../../support/cloudevents-receiver.ts';
import { sampleEntries } from '../../../support/journal-entries.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const { signal } = new AbortController();

async function stage(
  context: TestContext,
  settings: Partial<WebhookSinkSettings> = {},
  options: ReceiverOptions = {},
) {
  const receiver = await startCloudEventsReceiver(options);
  const folder = await makeTemporaryFolder(context, { 'ca.pem': receiver.authority.cert });
  const environment: Record<string, string> = {};
  const sink = new WebhookSink(
    {
      name: 'siem',
      url: receiver.url,
      mode: 'batch',
      tls: { caFile: join(folder, 'ca.pem') },
      delivery: { timeoutMs: 60_000 },
      ...settings,
    },
    { clock: systemClock, environment },
  );
  context.after(async () => {
    await sink.close();
    await receiver.stop();
  });
  return { receiver, folder, environment, sink };
}

for (const mode of ['batch', 'structured'] as const) {
  test(`WebhookSink delivers CloudEvents in ${mode} mode, in order, over one connection`, async (t) => {
    const { receiver, sink } = await stage(t, { mode });

    assert.deepEqual(await sink.send(sampleEntries(1, 3), signal), { status: 'delivered' });
    assert.deepEqual(await sink.send(sampleEntries(4, 4), signal), { status: 'delivered' });

    assert.deepEqual(receiver.faults, []);
    assert.deepEqual(
      receiver.events.map(({ id }) => id),
      sampleEntries(1, 4).map(({ hash }) => hash),
    );
    assert.equal(receiver.requests.length, mode === 'batch' ? 2 : 4);
    assert.equal(receiver.connections(), 1);
  });
}

test('WebhookSink proves who it is with secrets that may rotate', async (t) => {
  const { receiver, folder, environment, sink } = await stage(
    t,
    { bearerToken: { file: 'unset' }, signingKey: { env: 'SIGNING_KEY' } },
    { bearerToken: 'word', signingKey: 'k-2' },
  );
  const rotating = new WebhookSink(
    {
      name: 'siem',
      url: receiver.url,
      mode: 'batch',
      tls: { caFile: join(folder, 'ca.pem') },
      delivery: { timeoutMs: 60_000 },
      bearerToken: { file: join(folder, 'token') },
      signingKey: { env: 'SIGNING_KEY' },
    },
    { clock: systemClock, environment },
  );
  t.after(() => rotating.close());
  const statuses: string[] = [];
  const send = async (): Promise<void> => {
    const outcome = await rotating.send(sampleEntries(1, 1), signal);
    statuses.push('reason' in outcome ? outcome.reason : outcome.status);
  };

  await send();
  environment['SIGNING_KEY'] = 'k-1';
  await send();
  await writeFile(join(folder, 'token'), 'word\n');
  await send();
  environment['SIGNING_KEY'] = 'k-2';
  await send();

  assert.deepEqual(statuses, [
    'The environment variable "SIGNING_KEY" is not set',
    `The secret file "${join(folder, 'token')}" cannot be read: there is no such file`,
    'The target answered 401: a wrong signature',
    'delivered',
  ]);
  assert.equal((await sink.send(sampleEntries(1, 1), signal)).status, 'retry');
});

test('WebhookSink proves who it is with a client certificate', async (t) => {
  const { receiver, folder, sink } = await stage(t, {}, { clientCertificate: true });
  const pair = issueTestCertificate({
    commonNames: ['holdfast'],
    purpose: 'client',
    issuer: receiver.authority,
  });
  await writeFile(join(folder, 'tls.crt'), pair.cert);
  await writeFile(join(folder, 'tls.key'), pair.key);
  const known = new WebhookSink(
    {
      name: 'siem',
      url: receiver.url,
      mode: 'structured',
      delivery: { timeoutMs: 60_000 },
      tls: {
        caFile: join(folder, 'ca.pem'),
        certificateFile: join(folder, 'tls.crt'),
        keyFile: join(folder, 'tls.key'),
      },
    },
    { clock: systemClock, environment: {} },
  );
  t.after(() => known.close());

  assert.equal((await sink.send(sampleEntries(1, 1), signal)).status, 'retry');
  assert.deepEqual(await known.send(sampleEntries(1, 1), signal), { status: 'delivered' });
});

test('WebhookSink does not trust a target of another authority', async (t) => {
  const { receiver, folder, sink } = await stage(t);
  const { cert } = issueTestCertificate({ commonNames: ['other'], purpose: 'authority' });
  await writeFile(join(folder, 'ca.pem'), cert);

  const outcome = await sink.send(sampleEntries(1, 1), signal);

  assert.equal(outcome.status, 'retry');
  assert.deepEqual(receiver.requests, []);
});

test('WebhookSink follows no redirect', async (t) => {
  const { receiver, sink } = await stage(t);
  receiver.interrupt = ({ url }, response) => {
    if (url !== '/events') return false;
    response.writeHead(307, { location: new URL('/elsewhere', receiver.url).href }).end();
    return true;
  };

  assert.deepEqual(await sink.send(sampleEntries(1, 1), signal), {
    status: 'retry',
    reason: 'The target answered 307: no redirect is followed',
  });
  assert.equal(receiver.requests.length, 1);
});

test('WebhookSink tells how long a target wants to be left alone, in seconds or as a date', async (t) => {
  const { receiver, sink } = await stage(t);
  const waits: (number | undefined)[] = [];
  for (const retryAfter of ['7', new Date(Date.now() + 90_000).toUTCString()]) {
    receiver.interrupt = (_request, response) => {
      response.writeHead(429, { 'retry-after': retryAfter }).end();
      return true;
    };
    const outcome = await sink.send(sampleEntries(1, 1), signal);
    waits.push(outcome.status === 'retry' ? outcome.retryAfterMs : undefined);
  }

  assert.equal(waits[0], 7000);
  assert.ok((waits[1] ?? 0) > 60_000 && (waits[1] ?? 0) <= 90_000);
});

test('WebhookSink stops where the target is retired', async (t) => {
  const { receiver, sink } = await stage(t);
  receiver.interrupt = (_request, response) => {
    response.writeHead(410).end();
    return true;
  };

  assert.deepEqual(await sink.send(sampleEntries(1, 1), signal), {
    status: 'stopped',
    reason: 'The target answered 410: it is retired',
  });
});

test('WebhookSink gives a target up that trickles its answer', async (t) => {
  const { receiver, sink } = await stage(t, { delivery: { timeoutMs: 300 } });
  receiver.interrupt = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => {
      clearInterval(timer);
    });
    return true;
  };

  assert.deepEqual(await sink.send(sampleEntries(1, 1), signal), {
    status: 'retry',
    reason: 'There was no answer within 300 ms',
  });
  receiver.interrupt = undefined;
  // On a busy machine, an honest answer may take as long.
  await waitUntil(
    async () => (await sink.send(sampleEntries(1, 1), signal)).status === 'delivered',
  );
});

test('WebhookSink leaves an endless answer unread where its status says enough', async (t) => {
  const { receiver, sink } = await stage(t);
  receiver.interrupt = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const flood = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      if (!response.destroyed) response.once('drain', flood);
    };
    flood();
    return true;
  };

  assert.deepEqual(await sink.send(sampleEntries(1, 1), signal), { status: 'delivered' });
});

test('WebhookSink ends at once when it is told to', async (t) => {
  const { receiver, sink } = await stage(t, { delivery: { timeoutMs: 60_000 } });
  receiver.interrupt = () => true;
  const controller = new AbortController();

  const sending = sink.send(sampleEntries(1, 1), controller.signal);
  await waitUntil(() => receiver.requests.length === 1);
  controller.abort();

  assert.deepEqual(await sending, {
    status: 'retry',
    reason: 'The request was given up by its sender',
  });
});

test('WebhookSink uses a new connection where the old one was closed from the other side', async (t) => {
  const { receiver, sink } = await stage(t);
  await sink.send(sampleEntries(1, 1), signal);
  receiver.interrupt = ({ socket }) => {
    receiver.interrupt = undefined;
    socket.end();
    return true;
  };
  const cutOff = await sink.send(sampleEntries(2, 2), signal);

  assert.deepEqual(await sink.send(sampleEntries(2, 2), signal), { status: 'delivered' });
  assert.ok(cutOff.status === 'retry' || cutOff.status === 'delivered');
  assert.deepEqual(
    [...new Set(receiver.events.map(({ id }) => id))],
    sampleEntries(1, 2).map(({ hash }) => hash),
  );
});

test('WebhookSink asks for smaller batches where one is too large', async (t) => {
  const { sink } = await stage(t, {}, { bodyBytesMax: 3000 });

  assert.equal((await sink.send(sampleEntries(1, 10), signal)).status, 'too-large');
  assert.deepEqual(await sink.send(sampleEntries(1, 1), signal), { status: 'delivered' });
});

test('WebhookSink sets aside what is refused alone, and remembers what was accepted', async (t) => {
  const { receiver, sink } = await stage(t, { mode: 'structured' });
  const statuses = [202, 400, 503, 400, 202];
  receiver.interrupt = (_request, response) => {
    const status = statuses.shift() ?? 202;
    if (status === 202) return false;
    response.writeHead(status).end('No');
    return true;
  };
  const entries = sampleEntries(1, 3);

  assert.equal((await sink.send(entries, signal)).status, 'retry');
  assert.deepEqual(await sink.send(entries, signal), {
    status: 'refused',
    sequences: [2],
    reason: 'The target answered 400: No',
  });
  assert.deepEqual(
    receiver.events.map(({ id }) => id),
    [entries[0]?.hash, entries[2]?.hash],
  );
});

test('WebhookSink sends nothing before the target has allowed it', async (t) => {
  const handshakeOrigin = 'holdfast.example.com';
  const { receiver, sink } = await stage(
    t,
    { handshakeOrigin },
    { handshake: { 'WebHook-Allowed-Origin': handshakeOrigin, 'WebHook-Allowed-Rate': '*' } },
  );
  const refusing = await stage(t, { handshakeOrigin });

  assert.deepEqual(await sink.send(sampleEntries(1, 1), signal), { status: 'delivered' });
  assert.deepEqual(await sink.send(sampleEntries(2, 2), signal), { status: 'delivered' });
  const refused = await refusing.sink.send(sampleEntries(1, 1), signal);

  assert.deepEqual(
    receiver.requests.map((request) => request.split(' ')[0]),
    ['OPTIONS', 'POST', 'POST'],
  );
  assert.equal(refused.status, 'retry');
  assert.deepEqual(refusing.receiver.events, []);
});

// The hash was computed with: printf '1767600000.[]' | openssl dgst -sha256 -hmac key
test('formatSignature() signs the time and the body', () => {
  assert.equal(
    formatSignature('[]', 'key', 1_767_600_000_999),
    't=1767600000,v1=185d7f61df8baabd1ab3fb6acfe363ecc8bc5d6353ef2dd1003d88a29745d710',
  );
});

test('formatSignature() is another one for another time, body or key', () => {
  const signatures = [
    formatSignature('[]', 'key', 1000),
    formatSignature('[]', 'key', 2000),
    formatSignature('[1]', 'key', 1000),
    formatSignature('[]', 'other', 1000),
  ];

  assert.equal(new Set(signatures).size, signatures.length);
});
