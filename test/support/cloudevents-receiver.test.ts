import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { issueTestCertificate } from './certificates.ts';
import { startCloudEventsReceiver, type ReceiverOptions } from './cloudevents-receiver.ts';
import { createHttpsClient } from './https-client.ts';

const BATCH = 'application/cloudevents-batch+json; charset=utf-8';
const ONE = 'application/cloudevents+json; charset=utf-8';
const event = {
  specversion: '1.0',
  id: 'a',
  source: 'urn:a',
  type: 't',
  datacontenttype: 'application/json',
  data: {},
};

async function start(context: TestContext, options: ReceiverOptions = {}) {
  const receiver = await startCloudEventsReceiver(options);
  const client = createHttpsClient(new URL(receiver.url).origin, { ca: receiver.authority.cert });
  context.after(async () => {
    client.close();
    await receiver.stop();
  });
  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    client.send('/events', {
      method: 'POST',
      headers: { 'content-type': BATCH, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { receiver, client, post };
}

test('the receiver accepts a batch and a single event, and keeps their order', async (t) => {
  const { receiver, post } = await start(t);

  assert.equal((await post([event, { ...event, id: 'b' }])).httpStatus, 202);
  assert.equal((await post({ ...event, id: 'c' }, { 'content-type': ONE })).httpStatus, 202);

  assert.deepEqual(
    receiver.events.map(({ id }) => id),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(receiver.faults, []);
});

for (const [name, body, headers, status, fault] of [
  [
    'another content type',
    [event],
    { 'content-type': 'application/json' },
    415,
    'the content type application/json',
  ],
  ['a single event that is said to be a batch', event, {}, 400, 'not what the type says'],
  [
    'a batch that is said to be one event',
    [event],
    { 'content-type': ONE },
    400,
    'not what the type says',
  ],
  ['no JSON', '{', {}, 400, 'not what the type says'],
  ['an event that is none', [7], {}, 400, 'an event that is no object'],
  ['an event without id', [{ ...event, id: '' }], {}, 400, 'an event without id'],
  ['another version', [{ ...event, specversion: '0.3' }], {}, 400, 'specversion 0.3'],
  ['a source that is no URI', [{ ...event, source: 'me' }], {}, 400, 'the source me'],
  [
    'an attribute in capitals',
    [{ ...event, Sequence: '1' }],
    {},
    400,
    'an attribute called Sequence',
  ],
  [
    'a number for an attribute',
    [{ ...event, sequence: 1 }],
    {},
    400,
    'the attribute sequence is empty or no text',
  ],
  ['a time of its own', [{ ...event, time: 'today' }], {}, 400, 'the time today'],
  ['other data', [{ ...event, datacontenttype: 'text/plain' }], {}, 400, 'data of text/plain'],
  ['a relative schema', [{ ...event, dataschema: 'x' }], {}, 400, 'no absolute dataschema'],
  ['no data', [{ ...event, data: undefined }], {}, 400, 'an event without data'],
] as const) {
  test(`the receiver refuses ${name}`, async (t) => {
    const { receiver, post } = await start(t);

    const answer = await post(body, headers);

    assert.deepEqual([answer.httpStatus, answer.body], [status, fault]);
    assert.deepEqual(receiver.faults, [fault]);
    assert.deepEqual(receiver.events, []);
  });
}

test('the receiver refuses other methods, and what is too large', async (t) => {
  const { client, post } = await start(t, { bodyBytesMax: 10 });

  assert.equal((await client.send('/events')).httpStatus, 405);
  assert.equal((await client.send('/events', { method: 'OPTIONS' })).httpStatus, 405);
  assert.equal((await post([event])).httpStatus, 413);
});

test('the receiver refuses what comes with an event that it never takes', async (t) => {
  const { receiver, post } = await start(t, { refuses: ({ id }) => id === 'b' });

  assert.equal((await post([event, { ...event, id: 'b' }])).httpStatus, 400);
  assert.equal((await post([event])).httpStatus, 202);
  assert.deepEqual(receiver.faults, ['an event that is refused']);
});

test('the receiver asks for the bearer token', async (t) => {
  const { post } = await start(t, { bearerToken: 'word' });

  assert.equal((await post([event])).httpStatus, 401);
  assert.equal((await post([event], { authorization: 'Bearer word' })).httpStatus, 202);
});

test('the receiver asks for a fresh signature of these bytes', async (t) => {
  const { receiver, post } = await start(t, { signingKey: 'k' });
  const body = JSON.stringify([event]);
  const sign = (text: string, seconds: number, key = 'k') =>
    `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${text}`).digest('hex')}`;
  const now = Math.floor(Date.now() / 1000);

  for (const signature of [
    'none',
    sign(body, now - 3600),
    sign(`${body} `, now),
    sign(body, now, 'other'),
    sign(body, now),
  ]) {
    await post(body, { 'holdfast-signature': signature });
  }

  assert.deepEqual(receiver.faults, [
    'no signature: none',
    'an old signature',
    'a wrong signature',
    'a wrong signature',
  ]);
  assert.equal(receiver.events.length, 1);
});

test('the receiver asks for a client certificate', async (t) => {
  const { receiver } = await start(t, { clientCertificate: true });
  const pair = issueTestCertificate({
    commonNames: ['holdfast'],
    purpose: 'client',
    issuer: receiver.authority,
  });
  const origin = new URL(receiver.url).origin;
  const without = createHttpsClient(origin, { ca: receiver.authority.cert });
  const withOne = createHttpsClient(origin, { ca: receiver.authority.cert, ...pair });
  t.after(() => {
    without.close();
    withOne.close();
  });
  const request = { method: 'POST', headers: { 'content-type': ONE }, body: JSON.stringify(event) };

  await assert.rejects(without.send('/events', request));
  assert.equal((await withOne.send('/events', request)).httpStatus, 202);
});

test('the receiver takes part in a handshake, and wants to know who asks', async (t) => {
  const { receiver, client } = await start(t, { handshake: { 'webhook-allowed-origin': '*' } });

  const nameless = await client.send('/events', { method: 'OPTIONS' });
  const answer = await client.send('/events', {
    method: 'OPTIONS',
    headers: { 'webhook-request-origin': 'holdfast.example.com' },
  });

  assert.equal(nameless.httpStatus, 400);
  assert.equal(answer.headers['webhook-allowed-origin'], '*');
  assert.deepEqual(receiver.faults, ['OPTIONS without WebHook-Request-Origin']);
});

test('the receiver can be interrupted', async (t) => {
  const { receiver, post } = await start(t);
  receiver.interrupt = (_request, response) => {
    response.writeHead(503).end();
    return true;
  };

  assert.equal((await post([event])).httpStatus, 503);
  assert.deepEqual(receiver.requests, [`POST ${BATCH}`]);
  assert.equal(receiver.connections(), 1);
});
