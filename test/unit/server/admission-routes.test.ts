import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { startTestServer } from '../../support/test-server.ts';

const plain = await startTestServer();
after(plain.stop);

test('the server answers many reviews on one connection', async () => {
  const client = plain.client();
  const answers = [];
  for (const body of ['{}', '{"a":1}']) answers.push(await client.post('/validate', body));
  answers.push(await client.post('/mutate', '[]'));
  assert.deepEqual(
    answers.map(({ httpStatus, body }) => [httpStatus, body]),
    [
      [200, '{"route":"validate","bytes":2}'],
      [200, '{"route":"validate","bytes":7}'],
      [200, '{"route":"mutate","bytes":2}'],
    ],
  );
  assert.equal(new Set(answers.map(({ localPort }) => localPort)).size, 1);
});

test('the server leaves an empty body to the request path', async () => {
  const { body } = await plain.client().send('/validate', { method: 'POST' });
  assert.equal(body, '{"route":"validate","bytes":0}');
});

test('the deadline follows the time-out that the API server names', async (context) => {
  const server = await startTestServer({
    admit: async (_route, _body, deadlineAtMs) => ({
      httpStatus: 200,
      body: String(Math.round((deadlineAtMs - systemClock.monotonicMs()) / 100)),
    }),
  });
  context.after(server.stop);
  const client = server.client();
  assert.equal((await client.post('/validate?timeout=2s', '{}')).body, '18');
  assert.equal((await client.post('/validate', '{}')).body, '40');
});
