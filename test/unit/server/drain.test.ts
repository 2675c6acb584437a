import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { connect } from 'node:tls';
import type { HttpAnswer } from '../../../src/admission/respond.ts';
import {
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from '../../support/test-server.ts';
import { waitUntil } from '../../support/wait-until.ts';

interface HeldServer extends TestServer {
  /** Requests that have reached the request path. */
  readonly arrived: () => number;
  /** Answers all of them. */
  readonly release: () => void;
}

async function startHeldServer(
  context: TestContext,
  limits: TestServerOptions['limits'] = {},
): Promise<HeldServer> {
  const held: ((answer: HttpAnswer) => void)[] = [];
  let arrived = 0;
  const server = await startTestServer({
    limits,
    withMetricsPort: true,
    admit: () => {
      arrived += 1;
      return new Promise((resolve) => held.push(resolve));
    },
  });
  const release = (): void => {
    for (const answer of held) answer({ httpStatus: 200, body: '{}' });
  };
  context.after(async () => {
    release();
    await server.stop();
  });
  return { ...server, arrived: () => arrived, release };
}

test('a drain answers what is in flight, and closes the connection behind the answer', async (context) => {
  const held = await startHeldServer(context);
  const client = held.client();
  const pending = client.post('/validate', '{}');
  await waitUntil(() => held.arrived() === 1);

  const drained = held.server.drain();
  held.release();

  assert.equal((await pending).httpStatus, 200);
  assert.deepEqual(await drained, { cutOff: 0 });
  await assert.rejects(held.client().post('/validate', '{}'), { code: 'ECONNREFUSED' });
});

test('a drain first says that the server is not ready, and goes on answering meanwhile', async (context) => {
  const held = await startHeldServer(context);
  const drained = held.server.drain({ delayMs: 3000 });
  const readiness = await fetch(`${held.server.metricsUrl}/readyz`);
  assert.equal(readiness.status, 503);
  assert.match(await readiness.text(), /\[-\]shutdown failed: the server is stopping/);

  const pending = held.client().post('/validate', '{}');
  await waitUntil(() => held.arrived() === 1);
  held.release();
  assert.equal((await pending).httpStatus, 200);
  assert.deepEqual(await drained, { cutOff: 0 });
});

test('a drain lets go of connections in the second half of its delay, so that clients dial another replica', async (context) => {
  const held = await startHeldServer(context);
  const busy = held.client();
  const before = await busy.send('/livez');
  assert.equal(before.headers.connection, 'keep-alive');

  const drained = held.server.drain({ delayMs: 2000 });
  const first = await busy.send('/livez');
  assert.deepEqual([first.headers.connection, first.localPort], ['keep-alive', before.localPort]);
  await waitUntil(async () => (await busy.send('/livez')).headers.connection === 'close');
  const next = await busy.post('/unknown', '{}');
  assert.equal(next.headers.connection, 'close');
  assert.notEqual(next.localPort, before.localPort);
  assert.deepEqual(await drained, { cutOff: 0 });
});

test('a drain closes connections that are idle before its delay ends', async (context) => {
  const held = await startHeldServer(context);
  const idle = connect({
    port: Number(new URL(held.server.url).port),
    host: '127.0.0.1',
    ca: held.authority.cert,
  });
  context.after(() => idle.destroy());
  await once(idle, 'secureConnect');
  idle.write('GET /livez HTTP/1.1\r\nhost: holdfast\r\n\r\n');
  await once(idle, 'data');

  let isDrained = false;
  const drained = held.server.drain({ delayMs: 4000 }).then((result) => {
    isDrained = true;
    return result;
  });
  await once(idle.resume(), 'close');
  assert.equal(isDrained, false);
  assert.deepEqual(await drained, { cutOff: 0 });
});

test('a drain cuts off at its limit and says how many', async (context) => {
  const held = await startHeldServer(context, { drainMs: 50 });
  const pending = held.client().post('/validate', '{}');
  const failed = assert.rejects(pending, { code: 'ECONNRESET' });
  await waitUntil(() => held.arrived() === 1);
  assert.deepEqual(await held.server.drain(), { cutOff: 1 });
  await failed;
});

test('a drain does not wait for idle connections', async (context) => {
  const held = await startHeldServer(context);
  const client = held.client();
  assert.equal((await client.send('/elsewhere')).httpStatus, 404);
  const beginMs = performance.now();
  assert.deepEqual(await held.server.drain(), { cutOff: 0 });
  assert.ok(performance.now() - beginMs < 3000);
});

test('a second drain waits for the first', async (context) => {
  const held = await startHeldServer(context);
  const [first, second] = await Promise.all([held.server.drain(), held.server.drain()]);
  assert.equal(first, second);
});

test('requests beyond the limit of one stranger are refused at once, with a time to ask again', async (context) => {
  const held = await startHeldServer(context, { concurrentRequestsMax: 8 });
  const client = held.client({ connectionsMax: 3 });
  const pending = [client.post('/validate', '{}'), client.post('/mutate', '{}')];
  await waitUntil(() => held.arrived() === 2);

  const refused = await client.post('/validate', '{}');
  assert.equal(refused.httpStatus, 503);
  assert.equal(refused.headers['retry-after'], '1');
  assert.match(refused.body, /\(server_overloaded\)/);
  assert.equal((await fetch(`${held.server.healthUrl}/readyz`)).status, 200);

  held.release();
  const answers = await Promise.all(pending);
  assert.deepEqual(
    answers.map(({ httpStatus }) => httpStatus),
    [200, 200],
  );
  await waitUntil(async () => {
    const [line] = await held.exposed('holdfast_http_requests_in_flight');
    return line === 'holdfast_http_requests_in_flight 0';
  });
});
