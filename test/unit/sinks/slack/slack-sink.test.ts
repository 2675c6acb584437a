import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOf } from '../../../support/simulated-time.ts';
import { SlackSink } from '../../../../src/sinks/slack/slack-sink.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import { createFakeSlack } from '../../../support/sinks/fake-slack.ts';
import { reasonOf, startSink, testHttpSink } from '../../../support/sinks/http-sink-cases.ts';
import type { HttpSinkCase } from '../../../support/sinks/http-sink-cases.ts';
import { sampleEntries } from '../../../support/journal-entries.ts';

const CASE: HttpSinkCase = {
  name: 'Slack',
  secret: 'T000-B000-xoxSecret',
  create: ({ caFile, timeoutMs }, context) =>
    new SlackSink(
      {
        name: 'chat',
        url: { env: 'URL' },
        tls: { caFile },
        delivery: { timeoutMs },
        linesMax: 2,
        intervalMs: 0,
      },
      context,
    ),
  malformed: { body: '<html>' },
};

testHttpSink(CASE);

test('the Slack sink posts one message for a batch', async (t) => {
  const slack = createFakeSlack({ path: '/T000-B000-xoxSecret', clock: systemClock });
  const { sink } = await startSink(t, CASE, slack.handler);

  const outcome = await sink.send(sampleEntries(1, 12), AbortSignal.timeout(60_000));

  assert.deepEqual(outcome, { status: 'delivered' });
  assert.equal(slack.messages.length, 1);
  assert.match(slack.messages[0] ?? '', /^\*Holdfast\*, cluster `prod-eu-1`: 12 denied\n/u);
});

test('the Slack sink is told to slow down where it is faster than Slack allows', async (t) => {
  const slack = createFakeSlack({ path: '/T000-B000-xoxSecret', clock: clockOf(() => 5) });
  const { sink } = await startSink(t, CASE, slack.handler);
  await sink.send(sampleEntries(1, 1), AbortSignal.timeout(60_000));

  assert.deepEqual(await sink.send(sampleEntries(2, 2), AbortSignal.timeout(60_000)), {
    status: 'retry',
    reason: 'The target answered 429: rate_limited',
    retryAfterMs: 1000,
  });
});

test('the Slack sink keeps its pace, and does not outstay its signal', async (t) => {
  const { target, sink } = await startSink(t, {
    secret: 'x',
    create: ({ caFile, timeoutMs }, context) =>
      new SlackSink(
        {
          name: 'chat',
          url: { env: 'URL' },
          tls: { caFile },
          delivery: { timeoutMs },
          linesMax: 2,
          intervalMs: 60_000,
        },
        context,
      ),
  });
  target.answer(() => ({ body: 'ok' }));
  await sink.send(sampleEntries(1, 1), AbortSignal.timeout(60_000));

  assert.deepEqual(await sink.send(sampleEntries(2, 2), AbortSignal.timeout(20)), {
    status: 'retry',
    reason: 'The pace of messages did not allow it in time',
  });
  assert.equal(target.requests.length, 1);
});

test('the Slack sink does not post to an address that is no https URL, and does not repeat it', async (t) => {
  const { sink } = await startSink(t, CASE);
  assert.notEqual(sink, undefined);
  for (const url of ['http://hooks.slack.com/services/T1', 'hush', 'https://user:pw@host/']) {
    const other = new SlackSink(
      {
        name: 'chat',
        url: { env: 'URL' },
        tls: {},
        delivery: { timeoutMs: 1000 },
        linesMax: 2,
        intervalMs: 0,
      },
      { clock: systemClock, environment: { URL: url }, cluster: 'a' },
    );

    const outcome = await other.send(sampleEntries(1, 1), AbortSignal.timeout(60_000));

    assert.equal(reasonOf(outcome), 'The secret of "url" is no https URL');
  }
});
