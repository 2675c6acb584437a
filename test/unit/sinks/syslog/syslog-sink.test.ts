import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SyslogSink, FACILITIES } from '../../../../src/sinks/syslog/syslog-sink.ts';
import { findFreePorts } from '../../../support/cluster/free-ports.ts';
import { sampleEntries } from '../../../support/journal-entries.ts';
import { startSyslogReceiver } from '../../../support/sinks/syslog-receiver.ts';

test('the syslog sink writes one message for each record', async (t) => {
  const receiver = await startSyslogReceiver(t);
  const sink = new SyslogSink({
    name: 'log',
    host: '127.0.0.1',
    port: receiver.port,
    tls: { caFile: receiver.caFile },
    facility: 'local0',
    structuredDataId: 'holdfast@32473',
    messageBytesMax: 8192,
    confirm: 'close',
  });

  assert.deepEqual(await sink.send(sampleEntries(1, 3), AbortSignal.timeout(60_000)), {
    status: 'delivered',
  });

  assert.equal(receiver.messages.length, 3);
  assert.ok(receiver.messages[0]?.startsWith(`<${FACILITIES.local0 * 8 + 4}>1 `));
  await sink.close();
});

test('the syslog sink tries again where nobody listens', async () => {
  const [port = 0] = await findFreePorts(1);
  const sink = new SyslogSink({
    name: 'log',
    host: '127.0.0.1',
    port,
    tls: {},
    facility: 'audit',
    structuredDataId: 'holdfast@32473',
    messageBytesMax: 8192,
    confirm: 'write',
  });

  assert.deepEqual(await sink.send(sampleEntries(1, 1), AbortSignal.timeout(60_000)), {
    status: 'retry',
    reason: 'The connection was refused',
  });
  await sink.close();
});
