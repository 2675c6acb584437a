/**
 * A thousand slow strangers beside the API server, with the limits that are shipped: each of its reviews is answered. How long that takes is
 * measured by `npm run bench -- --strangers`.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { LIMITS } from '../../src/config/limits.ts';
import { formatRequest } from '../support/raw-exchange.ts';
import { startSlowStrangers } from '../support/slow-strangers.ts';
import { startTestServer } from '../support/test-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const STRANGERS = 1000;
/** As many as a kube-apiserver opens to a webhook under load, and more. */
const CONNECTIONS = 32;
const REVIEWS = 3200;

test('each review of the API server is answered beside a thousand slow strangers', async (context) => {
  const server = await startTestServer({
    limits: {
      connectionsMax: LIMITS['limits.connectionsMax'].default,
      concurrentRequestsMax: LIMITS['limits.concurrentRequestsMax'].default,
      requestTimeoutMs: 120_000,
      headerTimeoutMs: 120_000,
    },
  });
  const port = Number(new URL(server.server.url).port);
  const own: TLSSocket[] = [];
  const open = async (): Promise<TLSSocket> => {
    const socket = connect({ host: '127.0.0.1', port, ca: server.authority.cert });
    own.push(socket);
    await once(socket, 'secureConnect');
    return socket;
  };
  const ask = async (socket: TLSSocket): Promise<string> => {
    socket.write(formatRequest({}));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.subarray(0, 'HTTP/1.1 200'.length).toString();
  };
  const first = await open();
  assert.equal(await ask(first), 'HTTP/1.1 200');
  const strangers = startSlowStrangers({
    port,
    count: STRANGERS,
    byteEveryMs: 1000,
    addresses: 20,
    servername: 'localhost',
  });
  context.after(async () => {
    strangers.stop();
    for (const socket of own) socket.destroy();
    await server.stop();
  });
  await waitUntil(() => strangers.connected() === STRANGERS, 120_000);

  const answers = new Map<string, number>();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = await open();
      for (let sent = 0; sent < REVIEWS / CONNECTIONS; sent += 1) {
        const answer = await ask(socket);
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    }),
  );

  assert.deepEqual([...answers], [['HTTP/1.1 200', REVIEWS]]);
  assert.equal(strangers.connected(), STRANGERS);
});
