import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { pinnedAgent } from '../../../src/base/pinned-agent.ts';
import { requestBounded } from '../../../src/base/request-bounded.ts';

test('pinnedAgent() connects to the checked address, whatever the name is', async (t) => {
  const server = createServer((request, response) => response.end(request.headers.host));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  for (const connectionsMax of [undefined, 2]) {
    const agent = pinnedAgent({ protocol: 'http:', addresses: ['127.0.0.1'], connectionsMax });
    t.after(() => agent.destroy());

    const answer = await requestBounded({
      url: new URL(`http://registry.invalid:${port}/`),
      method: 'GET',
      headers: {},
      timeoutMs: 30_000,
      answerBytesMax: 100,
      agent,
    });

    assert.equal(answer.status === 'answered' && answer.text, `registry.invalid:${port}`);
  }
});

test('pinnedAgent() takes the next address where the first does not answer', async (t) => {
  const server = createServer((_request, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const agent = pinnedAgent({ protocol: 'http:', addresses: ['::1', '127.0.0.1'] });
  t.after(() => agent.destroy());

  const answer = await requestBounded({
    url: new URL(`http://registry.invalid:${port}/`),
    method: 'GET',
    headers: {},
    timeoutMs: 30_000,
    answerBytesMax: 100,
    agent,
  });

  assert.equal(answer.status === 'answered' && answer.text, 'here');
});
