import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { clockOf } from '../../../support/simulated-time.ts';
import { appendPath, createHttpTarget } from '../../../../src/sinks/http/http-target.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { startHttpsTarget } from '../../../support/sinks/https-target.ts';

const REQUEST = { headers: {}, body: 'x' };

test('createHttpTarget() keeps one connection for many posts', async (t) => {
  const target = await startHttpsTarget({ plain: true });
  t.after(target.stop);
  const posts = createHttpTarget(
    { name: 'a', tls: {}, delivery: { timeoutMs: 60_000 } },
    { clock: clockOf(() => 1), environment: {} },
  );
  t.after(posts.close);
  for (let time = 0; time < 3; time += 1) {
    const { signal } = new AbortController();
    assert.equal(
      (await posts.post({ ...REQUEST, url: new URL(target.url) }, signal)).status,
      'answered',
    );
  }

  assert.equal(target.connections(), 1);
});

test('createHttpTarget() takes a new authority and a new secret with the next post', async (t) => {
  const target = await startHttpsTarget();
  t.after(target.stop);
  const stranger = await startHttpsTarget({ owner: 'stranger' });
  t.after(stranger.stop);
  const folder = await makeTemporaryFolder(t, { 'ca.crt': stranger.ca, token: 'first\n' });
  const posts = createHttpTarget(
    {
      name: 'a',
      tls: { caFile: join(folder, 'ca.crt') },
      delivery: { timeoutMs: 60_000 },
      bearerToken: { file: join(folder, 'token') },
    },
    { clock: clockOf(() => 1), environment: {} },
  );
  t.after(posts.close);
  const { signal } = new AbortController();
  const post = () => posts.post({ ...REQUEST, url: new URL(target.url) }, signal);

  const before = await post();
  await writeFile(join(folder, 'ca.crt'), target.ca);
  await post();
  await writeFile(join(folder, 'token'), 'second');
  await post();

  assert.equal(before.status, 'unanswered');
  assert.deepEqual(
    target.requests.map(({ headers }) => headers.authorization),
    ['Bearer first', 'Bearer second'],
  );
});

test('createHttpTarget() says which file of its trust is missing', async () => {
  const posts = createHttpTarget(
    { name: 'a', tls: { caFile: '/nonexistent/ca.crt' }, delivery: { timeoutMs: 60_000 } },
    { clock: clockOf(() => 1), environment: {} },
  );

  const answer = await posts.post(
    { ...REQUEST, url: new URL('https://127.0.0.1:1') },
    new AbortController().signal,
  );

  assert.deepEqual(answer, {
    status: 'unanswered',
    reason: 'Cannot read the CA file "/nonexistent/ca.crt": there is no such file',
  });
});

test('appendPath() keeps the path and the query of the base', () => {
  assert.equal(appendPath('https://a.example', '/x/y').href, 'https://a.example/x/y');
  assert.equal(appendPath('https://a.example/', '/x/y').href, 'https://a.example/x/y');
  assert.equal(appendPath('https://a.example/p/', '/x').href, 'https://a.example/p/x');
  assert.equal(appendPath('https://a.example:1/p?q=1', '/x').href, 'https://a.example:1/p/x?q=1');
});
