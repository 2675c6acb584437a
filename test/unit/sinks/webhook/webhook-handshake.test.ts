import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOf } from '../../../support/simulated-time.ts';
import type {
  HttpTarget,
  TargetAnswer,
  TargetRequest,
} from '../../../../src/sinks/http/http-target.ts';
import { WebhookHandshake } from '../../../../src/sinks/webhook/webhook-handshake.ts';

const url = new URL('https://receiver.example.com/events');
const origin = 'holdfast.example.com';
const { signal } = new AbortController();

function stage(answers: readonly TargetAnswer[], asks = true) {
  const requests: TargetRequest[] = [];
  const waiting = [...answers];
  const target: HttpTarget = {
    post: async (request) => {
      requests.push(request);
      return waiting.shift() ?? { status: 'unanswered', reason: 'Nobody is there' };
    },
    close: () => {},
  };
  let nowMs = 0;
  const clock = clockOf(() => (nowMs += 1));
  return {
    requests,
    handshake: new WebhookHandshake({ url, origin: asks ? origin : undefined, target, clock }),
  };
}

function answer(httpStatus: number, headers: Readonly<Record<string, string>> = {}): TargetAnswer {
  return {
    status: 'answered',
    httpStatus,
    headers,
    retryAfterMs: undefined,
    text: '',
    excerpt: '',
  };
}

test('WebhookHandshake asks nothing where no origin is configured', async () => {
  const { requests, handshake } = stage([], false);

  assert.equal(await handshake.enter(signal), undefined);
  assert.equal(requests.length, 0);
});

for (const allowed of ['*', origin]) {
  test(`WebhookHandshake asks once, and goes on where ${allowed} is allowed`, async () => {
    const { requests, handshake } = stage([answer(200, { 'webhook-allowed-origin': allowed })]);

    assert.equal(await handshake.enter(signal), undefined);
    assert.equal(await handshake.enter(signal), undefined);

    assert.deepEqual(requests, [
      { url, method: 'OPTIONS', headers: { 'webhook-request-origin': origin }, body: '' },
    ]);
  });
}

for (const [name, said, reason] of [
  [
    'does not know handshakes',
    answer(405),
    'The target does not want events of "holdfast.example.com": it answered 405 and allowed no origin to OPTIONS',
  ],
  [
    'wants events of somebody else',
    answer(200, { 'webhook-allowed-origin': 'other.example.com' }),
    'The target does not want events of "holdfast.example.com": it answered 200 and allowed another origin to OPTIONS',
  ],
] as const) {
  test(`WebhookHandshake sends nothing to a target that ${name}, and asks again`, async () => {
    const { requests, handshake } = stage([said, answer(200, { 'webhook-allowed-origin': '*' })]);

    assert.deepEqual(await handshake.enter(signal), {
      status: 'retry',
      reason,
      retryAfterMs: undefined,
    });
    assert.equal(await handshake.enter(signal), undefined);
    assert.equal(requests.length, 2);
  });
}

test('WebhookHandshake tries again where nobody answers', async () => {
  const { handshake } = stage([]);

  assert.deepEqual(await handshake.enter(signal), { status: 'retry', reason: 'Nobody is there' });
});

test('WebhookHandshake keeps to the rate that the target allows', async () => {
  const allowed = { 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '1' };
  const { handshake } = stage([answer(200, allowed)]);

  assert.equal(await handshake.enter(signal), undefined);
  assert.deepEqual(await handshake.enter(AbortSignal.abort()), {
    status: 'retry',
    reason: 'The rate that the target allows did not allow it in time',
  });
});
