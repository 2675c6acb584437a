import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PostJson } from '../../../../../src/alerting/alert-target.ts';
import { createPagerdutyTarget } from '../../../../../src/alerting/targets/pagerduty/pagerduty-target.ts';
import { alertsSchema } from '../../../../../src/alerting/settings.ts';
import type { PagerdutySettings } from '../../../../../src/alerting/targets/pagerduty/settings.ts';
import { drawRoutingKey } from '../../../../support/alerts/fake-pagerduty.ts';
import { sampleMessage } from '../../../../support/alerts/incident-samples.ts';

const key = drawRoutingKey();
const signal = new AbortController().signal;

function settingsOf(part: Readonly<Record<string, unknown>>): PagerdutySettings {
  const target = { type: 'pagerduty', name: 'pager', routingKey: { env: 'KEY' }, ...part };
  const [settings] = alertsSchema.parse({ targets: [target] }).targets;
  assert.ok(settings?.type === 'pagerduty');
  return settings;
}

function make(part: Readonly<Record<string, unknown>> = {}, secret = key) {
  const posted: Parameters<PostJson>[0][] = [];
  const target = createPagerdutyTarget(settingsOf(part), {
    post: (request) => {
      posted.push(request);
      return Promise.resolve({
        status: 'answered',
        httpStatus: 202,
        retryAfterMs: undefined,
        text: '',
        excerpt: '',
      });
    },
    readRoutingKey: () =>
      Promise.resolve(
        secret === '' ? { ok: false, reason: 'It is not set' } : { ok: true, secret },
      ),
    close: () => undefined,
  });
  return { target, posted };
}

for (const [part, kind, url] of [
  [{}, 'trigger', 'https://events.pagerduty.com/v2/enqueue'],
  [{}, 'change', 'https://events.pagerduty.com/v2/change/enqueue'],
  [{ region: 'eu' }, 'resolve', 'https://events.eu.pagerduty.com/v2/enqueue'],
  [
    { endpoint: 'https://proxy.example.com/pd/' },
    'trigger',
    'https://proxy.example.com/pd/v2/enqueue',
  ],
] as const) {
  test(`a ${kind} goes to ${url}`, async () => {
    const { target, posted } = make(part);
    assert.deepEqual(await target.send(sampleMessage(1, { kind }), signal), { status: 'accepted' });
    assert.deepEqual(
      posted.map(({ url: to, secrets, headers }) => [to.href, secrets, headers['content-type']]),
      [[url, [key], 'application/json']],
    );
  });
}

test('a key that cannot be read or is none is tried again in minutes, and never shown', async () => {
  assert.deepEqual(await make({}, '').target.send(sampleMessage(1), signal), {
    status: 'retry',
    reason: 'It is not set',
    answered: true,
  });
  const { target, posted } = make({}, 'not a key');
  assert.deepEqual(await target.send(sampleMessage(1), signal), {
    status: 'retry',
    reason: 'The routing key is not made of 32 letters and digits',
    answered: true,
  });
  assert.deepEqual(posted, []);
});

test('the key of a ruleset is sent no changes', async () => {
  const { target, posted } = make({}, `R${key.slice(1)}\n`);
  await target.send(sampleMessage(1, { kind: 'change' }), signal);
  assert.deepEqual(posted, []);
  await target.send(sampleMessage(1), signal);
  assert.equal(posted.length, 1);
});
