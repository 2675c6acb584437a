import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEvent } from '../../../../../src/alerting/targets/pagerduty/format-event.ts';
import type { Message, Notice } from '../../../../../src/alerting/incident.ts';
import { drawRoutingKey, FakePagerduty } from '../../../../support/alerts/fake-pagerduty.ts';
import { sampleNotice } from '../../../../support/alerts/incident-samples.ts';

const routingKey = drawRoutingKey();
const settings = { routingKey, client: 'Holdfast', clientUrl: 'https://holdfast.example.com' };
const key = 'k'.repeat(64);
const format = (kind: Message['kind'], notice: Partial<Notice> = {}) =>
  formatEvent({ kind, key, notice: sampleNotice(notice) }, settings);

test('formatEvent() has every member that PagerDuty names, except images', () => {
  const { links, details } = sampleNotice();
  assert.deepEqual(JSON.parse(format('trigger')), {
    routing_key: routingKey,
    event_action: 'trigger',
    dedup_key: key,
    client: 'Holdfast',
    client_url: 'https://holdfast.example.com',
    links,
    payload: {
      summary: 'alice was refused',
      source: 'prod-eu-1',
      severity: 'warning',
      timestamp: '2026-01-05T08:00:01.000Z',
      component: 'apps/deployments/shop/checkout',
      group: 'checkout',
      class: 'drift-attempt',
      custom_details: details,
    },
  });
  const without = formatEvent(
    { kind: 'trigger', key, notice: sampleNotice() },
    { routingKey, client: 'x' },
  );
  assert.equal(without.includes('client_url'), false);
});

test('formatEvent() needs no words to acknowledge and resolve', () => {
  for (const kind of ['acknowledge', 'resolve'] as const) {
    assert.deepEqual(JSON.parse(format(kind)), {
      routing_key: routingKey,
      event_action: kind,
      dedup_key: key,
    });
  }
});

test('formatEvent() tells of a change', () => {
  const { links, details } = sampleNotice();
  assert.deepEqual(JSON.parse(format('change')), {
    routing_key: routingKey,
    links,
    payload: {
      summary: 'alice was refused',
      source: 'prod-eu-1',
      timestamp: '2026-01-05T08:00:01.000Z',
      custom_details: details,
    },
  });
});

test('formatEvent() stays within every limit, whatever it is given', () => {
  const service = new FakePagerduty();
  service.routingKeys.add(routingKey);
  const hostile = {
    summary: `${'😀'.repeat(3000)}\n`,
    component: 'x'.repeat(9000),
    class: '\u202e',
    group: '',
  };
  for (const details of [{ note: 'short' }, { long: 'é'.repeat(400_000) }]) {
    for (const [kind, path] of [
      ['trigger', '/v2/enqueue'],
      ['change', '/v2/change/enqueue'],
    ] as const) {
      const body = format(kind, { ...hostile, details });
      const headers = { 'content-type': 'application/json' };
      assert.equal(service.receive({ method: 'POST', path, headers, body }).status, 202);
    }
  }
  const cut: unknown = JSON.parse(format('trigger', { details: { long: 'é'.repeat(400_000) } }));
  const payload: unknown = Reflect.get(Object(cut), 'payload');
  assert.deepEqual(Reflect.get(Object(payload), 'custom_details'), {
    note: 'The details were left out: with them the event would have been larger than 512 KB',
  });
});
