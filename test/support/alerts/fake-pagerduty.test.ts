import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawRoutingKey, FakePagerduty, startFakePagerduty } from './fake-pagerduty.ts';

const service = new FakePagerduty();
const routing_key = drawRoutingKey();
service.routingKeys.add(routing_key);

const payload = { summary: 'It burns', source: 'prod', severity: 'critical' };
const trigger = { routing_key, event_action: 'trigger', dedup_key: 'a', payload };

function send(event: unknown, path = '/v2/enqueue', type = 'application/json') {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const { status, body: text = '{}' } = service.receive({
    method: 'POST',
    path,
    headers: { 'content-type': type },
    body,
  });
  return [status, text === '{}' ? undefined : (JSON.parse(text) as unknown)];
}

const invalid = (...errors: readonly string[]) => [
  400,
  { status: 'invalid event', message: 'Event object is invalid', errors },
];

describe('the fake PagerDuty', () => {
  it('accepts, joins by key, acknowledges, resolves, and opens anew after that', () => {
    const accepted = [202, { status: 'success', message: 'Event processed', dedup_key: 'a' }];
    const act = (event_action: string, dedup_key = 'a') =>
      send({ routing_key, event_action, dedup_key });
    assert.deepEqual(send(trigger), accepted);
    assert.deepEqual(send({ ...trigger, payload: { ...payload, severity: 'info' } }), accepted);
    assert.deepEqual(
      service.alerts.map(({ state, triggers, severity }) => [state, triggers, severity]),
      [['triggered', 2, 'info']],
    );
    assert.deepEqual(act('acknowledge'), accepted);
    assert.equal(service.alerts[0]?.state, 'acknowledged');
    assert.deepEqual(act('resolve'), accepted);
    assert.deepEqual(service.open, []);
    assert.equal(act('resolve', 'nobody knows')[0], 202);
    send(trigger);
    assert.deepEqual(
      service.alerts.map(({ state }) => state),
      ['resolved', 'triggered'],
    );
  });

  const bad: readonly (readonly [string, unknown, readonly string[]])[] = [
    [
      'no key',
      { ...trigger, routing_key: 'short' },
      ["'routing_key' should be 32 letters and digits"],
    ],
    ['a stranger’s key', { ...trigger, routing_key: drawRoutingKey() }, ['Unknown routing key']],
    ['no action', { ...trigger, event_action: 'shout' }, ["'event_action' is invalid"]],
    [
      'a resolve without a key',
      { routing_key, event_action: 'resolve' },
      ["'dedup_key' is missing or blank"],
    ],
    [
      'a long key',
      { ...trigger, dedup_key: 'x'.repeat(256) },
      ["'dedup_key' should be at most 255 long"],
    ],
    ['no payload', { ...trigger, payload: undefined }, ["'payload' is missing or blank"]],
    [
      'a long summary',
      { ...trigger, payload: { ...payload, summary: 'x'.repeat(1025) } },
      ["'payload.summary' is missing, blank or too long"],
    ],
    [
      'no source',
      { ...trigger, payload: { ...payload, source: '' } },
      ["'payload.source' is missing or blank"],
    ],
    [
      'an unknown severity',
      { ...trigger, payload: { ...payload, severity: 'fatal' } },
      ["'payload.severity' is invalid"],
    ],
    [
      'no time',
      { ...trigger, payload: { ...payload, timestamp: 'now' } },
      ["'payload.timestamp' is invalid"],
    ],
    [
      'text details',
      { ...trigger, payload: { ...payload, custom_details: 'x' } },
      ["'payload.custom_details'"],
    ],
    [
      'a number as class',
      { ...trigger, payload: { ...payload, class: 1 } },
      ["'payload.class' is no text"],
    ],
    ['images', { ...trigger, images: [] }, ["'images' is not documented"]],
    ['a bad link', { ...trigger, links: [{ href: 'x', text: 'y' }] }, ["'links' has a bad entry"]],
    ['no list of links', { ...trigger, links: {} }, ["'links' is no list"]],
    ['no JSON', '{', ['The event is not a JSON object']],
  ];
  for (const [name, event, errors] of bad) {
    it(`refuses ${name}`, () => {
      assert.deepEqual(send(event), invalid(...errors));
    });
  }

  it('takes change events, but not of rulesets', () => {
    const change = {
      routing_key,
      payload: { summary: 'Deployed', custom_details: { app: 'shop' } },
    };
    assert.deepEqual(send(change, '/v2/change/enqueue'), [
      202,
      { status: 'success', message: 'Change event processed' },
    ]);
    assert.deepEqual(service.changes, [
      { routingKey: routing_key, summary: 'Deployed', details: { app: 'shop' } },
    ]);
    const ruleset = `R${routing_key.slice(1)}`;
    const answer = send({ ...change, routing_key: ruleset }, '/v2/change/enqueue');
    assert.deepEqual(answer, invalid('Change events are not for rulesets'));
    const empty = send({ routing_key }, '/v2/change/enqueue');
    assert.deepEqual(empty, invalid("'payload' is missing or blank"));
  });

  it('refuses what is too large, elsewhere, or of another type', () => {
    assert.equal(send(' '.repeat(512_001))[0], 413);
    assert.equal(send(trigger, '/v1/enqueue')[0], 404);
    assert.deepEqual(send(trigger, '/v2/enqueue', 'text/plain'), invalid('content-type'));
    const got = service.receive({ method: 'GET', path: '/v2/enqueue', headers: {}, body: '' });
    assert.equal(got.status, 405);
  });

  it('answers over HTTP, and as told during an outage', async () => {
    const { service: remote, server } = await startFakePagerduty();
    remote.routingKeys.add(routing_key);
    const post = () =>
      fetch(`${server.url}/v2/enqueue`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(trigger),
      });
    assert.equal((await post()).status, 202);
    remote.outage = { status: 429 };
    assert.equal((await post()).status, 429);
    assert.deepEqual(
      remote.log.map(({ status }) => status),
      [202, 429],
    );
    await server.stop();
  });
});
