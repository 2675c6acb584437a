import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createSyslogTransport } from '../../../../src/sinks/syslog/syslog-transport.ts';
import type {
  SyslogFailure,
  SyslogTransport,
  SyslogTransportOptions,
} from '../../../../src/sinks/syslog/syslog-transport.ts';
import { issueTestCertificate } from '../../../support/certificates.ts';
import { findFreePorts } from '../../../support/cluster/free-ports.ts';
import { startSyslogReceiver } from '../../../support/sinks/syslog-receiver.ts';
import type { SyslogReceiver } from '../../../support/sinks/syslog-receiver.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

function open(
  t: TestContext,
  receiver: Pick<SyslogReceiver, 'port' | 'caFile'>,
  options: Partial<SyslogTransportOptions> = {},
): SyslogTransport {
  const transport = createSyslogTransport({
    host: '127.0.0.1',
    port: receiver.port,
    tls: { caFile: receiver.caFile },
    confirm: 'close',
    ...options,
  });
  t.after(() => {
    transport.close();
  });
  return transport;
}

function send(transport: SyslogTransport, text = '5 first'): Promise<SyslogFailure> {
  return transport.send(Buffer.from(text), AbortSignal.timeout(60_000));
}

test('a batch is delivered when the receiver has read it and closed', async (t) => {
  const receiver = await startSyslogReceiver(t);
  const transport = open(t, receiver);

  assert.equal(await send(transport), undefined);
  assert.equal(await send(transport, '6 second'), undefined);

  assert.deepEqual(receiver.messages, ['first', 'second']);
  assert.equal(receiver.connections(), 2);
});

test('a batch of megabytes arrives whole', async (t) => {
  const receiver = await startSyslogReceiver(t);
  const transport = open(t, receiver);
  const message = 'x'.repeat(4_000_000);

  assert.equal(await send(transport, `4000000 ${message}`), undefined);

  assert.deepEqual(receiver.messages, [message]);
});

test('a receiver that does not close has not confirmed', async (t) => {
  const receiver = await startSyslogReceiver(t);
  receiver.behave('reads-and-stays');
  const transport = open(t, receiver);

  const timeOver = new AbortController();
  const sending = transport.send(Buffer.from('5 first'), timeOver.signal);
  await waitUntil(() => receiver.ended() === 1);
  timeOver.abort();
  const failure = await sending;

  assert.match(
    failure ?? '',
    /^The receiver did not close the connection .* set "confirm: write"/u,
  );
});

test('a receiver that closes without having read is no delivery', async (t) => {
  const receiver = await startSyslogReceiver(t);
  receiver.behave('closes-at-once');

  const failure = await send(open(t, receiver));

  assert.equal(failure, 'The receiver closed the connection before the last message');
});

test('a receiver that cuts the connection is no delivery', async (t) => {
  const receiver = await startSyslogReceiver(t);
  receiver.behave('resets');

  const failure = await send(open(t, receiver), `4000000 ${'x'.repeat(4_000_000)}`);

  assert.match(failure ?? '', /^The connection (?:was cut off|failed with EPIPE)$/u);
});

test('a written batch is enough where that is configured, and the connection is kept', async (t) => {
  const receiver = await startSyslogReceiver(t);
  receiver.behave('reads-and-stays');
  const transport = open(t, receiver, { confirm: 'write' });

  assert.equal(await send(transport), undefined);
  assert.equal(await send(transport, '6 second'), undefined);

  await waitUntil(() => receiver.messages.length === 2);
  assert.equal(receiver.connections(), 1);
});

test('a kept connection that the receiver has closed is replaced', async (t) => {
  const receiver = await startSyslogReceiver(t);
  receiver.behave('reads-and-stays');
  const transport = open(t, receiver, { confirm: 'write' });
  await send(transport);
  receiver.hangUp();

  // The farewell may not have arrived yet: then this batch is not delivered, and the next one is.
  await waitUntil(async () => (await send(transport, '6 second')) === undefined);

  await waitUntil(() => receiver.messages.includes('second'));
  assert.equal(receiver.connections(), 2);
});

test('a receiver with a certificate of somebody else hears nothing', async (t) => {
  const receiver = await startSyslogReceiver(t);
  const stranger = await startSyslogReceiver(t, { owner: 'stranger' });

  assert.equal(
    await send(open(t, { port: receiver.port, caFile: stranger.caFile })),
    'The connection failed with CERT_SIGNATURE_FAILURE',
  );
  assert.deepEqual(receiver.messages, []);
});

test('a receiver that wants our certificate gets it, and refuses us without one', async (t) => {
  const receiver = await startSyslogReceiver(t, { requestClientCertificate: true });
  const pair = issueTestCertificate({
    commonNames: ['holdfast'],
    purpose: 'client',
    issuer: receiver.authority,
  });
  const folder = await makeTemporaryFolder(t, { 'tls.crt': pair.cert, 'tls.key': pair.key });
  const files = {
    caFile: receiver.caFile,
    certificateFile: join(folder, 'tls.crt'),
    keyFile: join(folder, 'tls.key'),
  };

  assert.equal(await send(open(t, receiver, { tls: files })), undefined);
  assert.match((await send(open(t, receiver))) ?? '', /^The connection/u);
  assert.deepEqual(receiver.messages, ['first']);
});

test('nobody listening, a missing file and a signal in the middle are failures', async (t) => {
  const [port = 0] = await findFreePorts(1);
  const receiver = await startSyslogReceiver(t);

  assert.equal(
    await send(open(t, { port, caFile: receiver.caFile })),
    'The connection was refused',
  );
  assert.match(
    (await send(open(t, { port, caFile: '/nonexistent' }))) ?? '',
    /^Cannot read the CA file "\/nonexistent"/u,
  );
  const controller = new AbortController();
  const sending = open(t, receiver).send(Buffer.from('5 first'), controller.signal);
  await waitUntil(() => receiver.messages.length === 1);
  controller.abort();
  assert.match((await sending) ?? '', /^The (?:time for the batch was over|receiver did not)/u);
});
