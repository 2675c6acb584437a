import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { readCloudAnswer } from '../../../../../src/image/registry/providers/read-cloud-answer.ts';

const asked = { host: 'sts.example.com', schema: z.looseObject({ token: z.string() }) };

function read(httpStatus: number, text: string) {
  const bytes = Buffer.from(text);
  return readCloudAnswer({ status: 'answered', httpStatus, headers: {}, bytes, text }, asked);
}

test('readCloudAnswer() reads what was asked for', () => {
  assert.deepEqual(read(200, '{"token":"t","more":1}'), {
    ok: true,
    value: { token: 't', more: 1 },
  });
});

test('readCloudAnswer() tells a refusal from what passes', () => {
  const refusal = '{"__type":"AccessDeniedException","message":"secret"}';
  assert.deepEqual(read(400, refusal), {
    ok: false,
    problem: 'sts.example.com answers with AccessDeniedException (status 400)',
    isRefusal: true,
  });
  for (const [status, isRefusal] of [
    [302, true],
    [404, true],
    [429, false],
    [500, false],
    [503, false],
  ] as const) {
    const problem = `sts.example.com answers with status ${status}`;
    assert.deepEqual(read(status, ''), { ok: false, problem, isRefusal });
  }
});

test('readCloudAnswer() repeats nothing of an answer that it cannot use', () => {
  for (const text of ['', '{"token":7}', 'secret', '{"token":"a","token":"b"}', '[]']) {
    assert.deepEqual(read(200, text), {
      ok: false,
      problem: 'sts.example.com answers with something else than was asked for',
      isRefusal: false,
    });
  }
});

test('readCloudAnswer() says why there is no answer', () => {
  for (const status of ['failed', 'timed-out'] as const) {
    assert.deepEqual(readCloudAnswer({ status, reason: 'The connection was cut off' }, asked), {
      ok: false,
      problem: 'sts.example.com: The connection was cut off',
      isRefusal: false,
    });
  }
});
