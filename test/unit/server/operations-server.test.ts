import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { startTestServer } from '../../support/test-server.ts';

test('the kubelet is answered beside more idle connections than the port takes', async (context) => {
  const server = await startTestServer({ withMetricsPort: true, withHealthPort: true });
  const sockets: Socket[] = [];
  context.after(async () => {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  });
  const port = Number(new URL(server.server.healthUrl ?? '').port);
  for (let index = 0; index < 80; index += 1) {
    const socket = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.66' });
    socket.on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  }
  assert.equal((await fetch(`${server.server.healthUrl}/livez`)).status, 200);
  const [line = ''] = await server.exposed('holdfast_http_connections_dropped_total');
  assert.match(line, / [1-9]\d*$/);
});
