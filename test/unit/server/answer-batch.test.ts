import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { after, describe, it } from 'node:test';
import { z } from 'zod';
import { createAnswerBatch } from '../../../src/server/answer-batch.ts';

const portSchema = z.object({ port: z.number() });

/** Requests that wait for their answers, in the order of their paths. */
const waiting = new Map<string, ServerResponse>();
const server = createServer((request, response) => {
  waiting.set(request.url ?? '', response);
  server.emit('waits');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
after(() => server.close());
const { port } = portSchema.parse(server.address());

async function ask(
  path: string,
): Promise<{ readonly answer: Promise<string>; readonly response: ServerResponse }> {
  const arrived = once(server, 'waits');
  const answer = fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { connection: 'close' },
  }).then(
    (received) => received.text(),
    () => 'no answer',
  );
  await arrived;
  const response = waiting.get(path);
  assert.ok(response);
  return { answer, response };
}

describe('createAnswerBatch', () => {
  it('writes nothing before the turn ends, then every answer in the order in which they were ready', async () => {
    const first = await ask('/first');
    const second = await ask('/second');
    const order: string[] = [];
    const batch = createAnswerBatch();
    for (const [name, { response }] of [
      ['second', second],
      ['first', first],
    ] as const) {
      response.on('finish', () => order.push(name));
      batch(response, { httpStatus: 200, body: `"${name}"` });
    }
    const before = [first, second].map(({ response }) => response.headersSent);
    assert.deepEqual(before, [false, false]);
    assert.deepEqual(await Promise.all([first.answer, second.answer]), ['"first"', '"second"']);
    assert.deepEqual(order, ['second', 'first']);
  });

  it('ends the connection of an answer that cannot be written, and writes the others', async () => {
    const broken = await ask('/broken');
    const sound = await ask('/sound');
    broken.response.writeHead(500, { 'content-length': '7' });
    const batch = createAnswerBatch();
    batch(broken.response, { httpStatus: 200, body: '"late"' });
    batch(sound.response, { httpStatus: 200, body: '"sound"' });
    assert.deepEqual(await Promise.all([broken.answer, sound.answer]), ['no answer', '"sound"']);
  });

  it('takes answers again after it wrote the first ones', async () => {
    const batch = createAnswerBatch();
    for (const path of ['/one', '/two']) {
      const { answer, response } = await ask(path);
      batch(response, { httpStatus: 200, body: path });
      assert.equal(await answer, path);
    }
  });
});
