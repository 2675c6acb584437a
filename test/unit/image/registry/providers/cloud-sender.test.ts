import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createCloudSender } from '../../../../../src/image/registry/providers/cloud-sender.ts';
import { FakeCloud, type FakeCloudOptions } from '../../../../support/images/fake-cloud.ts';

const GET = { method: 'GET', headers: {} } as const;

async function open(t: TestContext, intercept?: FakeCloudOptions['intercept']) {
  const cloud = await FakeCloud.start(t, { wallMs: Date.now, intercept });
  const ending = new AbortController();
  const send = createCloudSender({ signal: ending.signal, agentFor: cloud.agentFor });
  return { cloud, send, ending };
}

const STS = new URL('https://sts.eu-west-1.amazonaws.com/');

test('a cloud is asked for JSON, by a server whose certificate has its name', async (t) => {
  const { cloud, send } = await open(t);
  const answer = await send({ url: STS, ...GET });
  assert.equal(answer.status === 'answered' && answer.httpStatus, 400);
  const [seen] = cloud.requests;
  assert.equal(seen?.headers.accept, 'application/json');
  assert.equal(seen.headers['user-agent'], 'holdfast');
  const other = await send({ url: new URL('https://sts.eu-west-9.amazonaws.com/'), ...GET });
  assert.equal(other.status, 'failed');
  assert.equal(cloud.requests.length, 1);
});

test('no redirect is followed', async (t) => {
  const { cloud, send } = await open(t, () => ({
    status: 307,
    headers: { location: 'http://169.254.169.254/latest/' },
  }));
  const answer = await send({ url: STS, ...GET });
  assert.equal(answer.status === 'answered' && answer.httpStatus, 307);
  assert.equal(cloud.requests.length, 1);
});

test('an answer that is too large, cut off or never comes is none', async (t) => {
  const huge = await open(t, () => ({ status: 200, body: 'x'.repeat(64 * 1024 + 1) }));
  assert.deepEqual(await huge.send({ url: STS, ...GET }), {
    status: 'failed',
    reason: 'The answer cannot be used: it is larger than 65536 bytes',
  });
  const short = await open(t, () => ({
    status: 200,
    headers: { 'content-length': '10' },
    body: 'x',
  }));
  assert.equal((await short.send({ url: STS, ...GET })).status, 'failed');
  const hanging = await open(t, () => 'hang');
  assert.deepEqual(await hanging.send({ url: STS, ...GET }), {
    status: 'timed-out',
    reason: 'There was no answer within 5000 ms',
  });
});

test('what is under way ends with who asks', async (t) => {
  const { send, ending } = await open(t, () => {
    ending.abort();
    return 'hang';
  });
  assert.deepEqual(await send({ url: STS, ...GET }), {
    status: 'failed',
    reason: 'The request was given up by its sender',
  });
});
