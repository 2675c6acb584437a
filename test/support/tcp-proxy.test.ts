import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import { startTcpProxy } from './tcp-proxy.ts';

it('a proxy passes bytes both ways until it is frozen, and then lets new connections pass', async () => {
  const echo = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const proxy = await startTcpProxy((echo.address() as AddressInfo).port);
  const first = connect(proxy.port, '127.0.0.1');
  first.write('one');
  assert.equal(String((await once(first, 'data'))[0]), 'one');
  proxy.freeze();
  first.on('data', () => assert.fail('a frozen connection speaks'));
  first.on('close', () => assert.ok(isOver, 'a frozen connection ends'));
  let isOver = false;
  first.write('two');
  const second = connect(proxy.port, '127.0.0.1');
  second.write('three');
  assert.equal(String((await once(second, 'data'))[0]), 'three');
  assert.equal(proxy.taken(), 2);
  isOver = true;
  await proxy.stop();
  second.destroy();
  first.destroy();
  await new Promise((resolve) => echo.close(resolve));
});
