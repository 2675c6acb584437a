/** The stand-in for kube-proxy: strict where a Service is, so that a test cannot pass by its kindness. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import type { TestContext } from 'node:test';
import { waitUntil } from '../wait-until.ts';
import { startServiceAddress } from './service-address.ts';
import type { Endpoint, ServiceAddress } from './service-address.ts';

interface FakeReplica {
  readonly endpoint: Endpoint;
  readonly server: Server;
  isReady: boolean;
}

async function startReplica(t: TestContext, name: string): Promise<FakeReplica> {
  const server = createServer((asked, answer) => {
    answer.statusCode = asked.url === '/readyz' && !replica.isReady ? 503 : 200;
    answer.end(name);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = { name, port, readyUrl: `http://127.0.0.1:${port}/readyz` };
  const replica = { endpoint, server, isReady: true };
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return replica;
}

async function startAddress(t: TestContext, ...replicas: FakeReplica[]): Promise<ServiceAddress> {
  const address = await startServiceAddress();
  t.after(address.stop);
  for (const { endpoint } of replicas) address.add(endpoint);
  await waitUntil(() => address.ready().length === replicas.length);
  return address;
}

/** Who answers; what the error says where nobody does. */
function ask({ port }: ServiceAddress, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const asking = request({ port, host: '127.0.0.1', agent }, (answer) => {
      answer.setEncoding('utf8');
      answer.on('data', resolve);
    });
    asking.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'failed'));
    asking.end();
  });
}

function openAgent(t: TestContext, keepAlive: boolean): Agent {
  const agent = new Agent({ keepAlive, maxSockets: 1 });
  t.after(() => agent.destroy());
  return agent;
}

it('connections go to every replica that is ready by turns, and each stays where it is', async (t) => {
  const address = await startAddress(t, await startReplica(t, 'a'), await startReplica(t, 'b'));
  const fresh = openAgent(t, false);
  const answers = [await ask(address, fresh), await ask(address, fresh)];
  assert.deepEqual(answers.toSorted(), ['a', 'b']);
  const kept = openAgent(t, true);
  const first = await ask(address, kept);
  for (let turn = 0; turn < 4; turn += 1) assert.equal(await ask(address, kept), first);
});

it('a replica that is not ready gets no connection, and one without any is reset', async (t) => {
  const [a, b] = [await startReplica(t, 'a'), await startReplica(t, 'b')];
  const address = await startAddress(t, a, b);
  const fresh = openAgent(t, false);
  a.isReady = false;
  await waitUntil(() => address.ready().join() === 'b');
  assert.deepEqual([await ask(address, fresh), await ask(address, fresh)], ['b', 'b']);
  b.isReady = false;
  await waitUntil(() => address.ready().length === 0);
  assert.equal(await ask(address, fresh), 'ECONNRESET');
  a.isReady = true;
  await waitUntil(() => address.ready().join() === 'a');
  assert.equal(await ask(address, fresh), 'a');
});

it('a replica that is withdrawn keeps its open connections, and loses them with its end', async (t) => {
  const a = await startReplica(t, 'a');
  const address = await startAddress(t, a);
  const kept = openAgent(t, true);
  assert.equal(await ask(address, kept), 'a');
  await address.withdraw('a');
  await waitUntil(() => address.ready().length === 0);
  assert.equal(await ask(address, kept), 'a');
  a.server.closeAllConnections();
  await waitUntil(async () => (await ask(address, kept)) === 'ECONNRESET');
});

it('a request to a dead replica fails, though another one is there', async (t) => {
  const [a, b] = [await startReplica(t, 'a'), await startReplica(t, 'b')];
  const address = await startAddress(t, a, b);
  a.server.closeAllConnections();
  a.server.close();
  const fresh = openAgent(t, false);
  const answers = [await ask(address, fresh), await ask(address, fresh)];
  assert.deepEqual(answers.toSorted(), ['ECONNRESET', 'b']);
});

it('what is cut off says nothing, and is heard when it is joined again', async (t) => {
  const a = await startReplica(t, 'a');
  const address = await startAddress(t, a);
  const kept = openAgent(t, true);
  assert.equal(await ask(address, kept), 'a');
  address.cutOff('a', true);
  await waitUntil(() => address.ready().length === 0);
  const late = ask(address, kept);
  address.cutOff('a', false);
  assert.equal(await late, 'a');
  await waitUntil(() => address.ready().join() === 'a');
});
