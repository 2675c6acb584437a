import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { requestBounded } from '../../../src/base/request-bounded.ts';
import type { BoundedAnswer, BoundedRequest } from '../../../src/base/request-bounded.ts';
import { findFreePorts } from '../../support/cluster/free-ports.ts';
import { startHttpsTarget } from '../../support/sinks/https-target.ts';
import type { HttpsTargetFixture, TargetReply } from '../../support/sinks/https-target.ts';

async function startTarget(
  t: TestContext,
  reply: TargetReply = {},
): Promise<{
  readonly target: HttpsTargetFixture;
  readonly send: (changes?: Partial<BoundedRequest>) => Promise<BoundedAnswer>;
}> {
  const target = await startHttpsTarget({ handler: () => reply });
  t.after(target.stop);
  const agent = new Agent({ ca: target.ca, keepAlive: true, maxSockets: 1 });
  t.after(() => {
    agent.destroy();
  });
  return {
    target,
    send: (changes = {}) =>
      requestBounded({
        url: new URL(`${target.url}/path?query=1`),
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: 'grüß',
        timeoutMs: 60_000,
        answerBytesMax: 100,
        agent,
        ...changes,
      }),
  };
}

test('requestBounded() sends what it is given, and returns what it was answered', async (t) => {
  const { target, send } = await startTarget(t, {
    status: 201,
    headers: { 'x-word': 'yes' },
    body: 'dönе',
  });

  const answer = await send();

  assert.ok(answer.status === 'answered');
  assert.equal(answer.httpStatus, 201);
  assert.equal(answer.headers['x-word'], 'yes');
  assert.equal(answer.text, 'dönе');
  const [received] = target.requests;
  assert.equal(received?.method, 'POST');
  assert.equal(received.path, '/path?query=1');
  assert.equal(received.body, 'grüß');
  assert.equal(received.headers['content-length'], '6');
});

test('requestBounded() may send no body, and use the platform’s own connections', async (t) => {
  const target = await startHttpsTarget({ plain: true });
  t.after(target.stop);

  const answer = await requestBounded({
    url: new URL(target.url),
    method: 'GET',
    headers: {},
    timeoutMs: 60_000,
    answerBytesMax: 10,
  });

  assert.equal(answer.status, 'answered');
  assert.equal(target.requests[0]?.method, 'GET');
});

test('requestBounded() does not follow a redirect', async (t) => {
  const { target, send } = await startTarget(t, {
    status: 307,
    headers: { location: 'https://elsewhere.example/' },
  });

  const answer = await send();

  assert.equal(answer.status === 'answered' && answer.httpStatus, 307);
  assert.equal(target.requests.length, 1);
});

test('requestBounded() refuses an answer that is larger than allowed', async (t) => {
  const { send } = await startTarget(t, { body: 'x'.repeat(101) });

  assert.deepEqual(await send(), {
    status: 'failed',
    reason: 'The answer cannot be used: it is larger than 100 bytes',
  });
});

test('requestBounded() waits no longer than its time-out', async (t) => {
  const { target, send } = await startTarget(t);
  const gate = Promise.withResolvers<void>();
  target.answer(() => ({ after: gate.promise }));

  assert.deepEqual(await send({ timeoutMs: 50 }), {
    status: 'timed-out',
    reason: 'There was no answer within 50 ms',
  });
  gate.resolve();
});

test('requestBounded() ends when its sender gives up', async (t) => {
  const { target, send } = await startTarget(t);
  const gate = Promise.withResolvers<void>();
  const controller = new AbortController();
  target.answer(() => {
    controller.abort();
    return { after: gate.promise };
  });

  assert.deepEqual(await send({ signal: controller.signal }), {
    status: 'failed',
    reason: 'The request was given up by its sender',
  });
  gate.resolve();
});

test('requestBounded() says that a connection was cut off, before and within the answer', async (t) => {
  const before = await startTarget(t, { cut: 'before' });
  const within = await startTarget(t, { cut: 'within', body: 'long' });

  for (const { send } of [before, within]) {
    assert.deepEqual(await send(), { status: 'failed', reason: 'The connection was cut off' });
  }
});

test('requestBounded() says that a connection was refused', async () => {
  const [port = 0] = await findFreePorts(1);

  assert.deepEqual(
    await requestBounded({
      url: new URL(`https://127.0.0.1:${port}/secret-path`),
      method: 'POST',
      headers: {},
      timeoutMs: 60_000,
      answerBytesMax: 10,
    }),
    { status: 'failed', reason: 'The connection was refused' },
  );
});

test('requestBounded() says that a host has no address', async () => {
  assert.deepEqual(
    await requestBounded({
      url: new URL('https://no-such-host.invalid/'),
      method: 'POST',
      headers: {},
      timeoutMs: 60_000,
      answerBytesMax: 10,
    }),
    { status: 'failed', reason: 'The host name has no address' },
  );
});

test('requestBounded() trusts nobody but the given authority', async (t) => {
  const { send } = await startTarget(t);
  const other = await startHttpsTarget({ owner: 'stranger' });
  t.after(other.stop);
  const stranger = new Agent({ ca: other.ca });

  assert.deepEqual(await send({ agent: stranger }), {
    status: 'failed',
    reason: 'The request failed with CERT_SIGNATURE_FAILURE',
  });
});

test('requestBounded() repeats nothing of a header that cannot be sent', async (t) => {
  const { send } = await startTarget(t);

  assert.deepEqual(await send({ headers: { authorization: 'top\nsecret' } }), {
    status: 'failed',
    reason: 'The request failed with ERR_INVALID_CHAR',
  });
});

test('requestBounded() sends again where a kept connection was closed meanwhile', async (t) => {
  const { target, send } = await startTarget(t);
  await send();

  // The second request finds the connection of the first; the target cuts it without an answer, once.
  let cuts = 0;
  target.answer(() => {
    cuts += 1;
    return cuts === 1 ? { cut: 'before' } : { body: 'ok' };
  });
  const answer = await send();

  assert.equal(answer.status === 'answered' && answer.text, 'ok');
  assert.equal(target.connections(), 2);
});

test('requestBounded() leaves a longer answer unread where only its status matters', async (t) => {
  const { send } = await startTarget(t, { status: 202, body: 'x'.repeat(101) });

  const answer = await send({ leavesExcess: true });

  assert.ok(answer.status === 'answered');
  assert.deepEqual([answer.httpStatus, answer.text], [202, '']);
});
