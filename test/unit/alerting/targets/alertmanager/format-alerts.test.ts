import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAlerts } from '../../../../../src/alerting/targets/alertmanager/format-alerts.ts';
import type { Message, Notice } from '../../../../../src/alerting/incident.ts';
import { sampleNotice } from '../../../../support/alerts/incident-samples.ts';

const nowMs = Date.UTC(2026, 0, 5, 9);
const key = 'k'.repeat(64);
const format = (kind: Message['kind'], notice: Partial<Notice> = {}, atMs = nowMs): unknown =>
  JSON.parse(
    formatAlerts(
      { kind, key, notice: sampleNotice(notice) },
      { nowMs: atMs, repeatMs: 60_000, labels: { team: 'platform' } },
    ),
  );

test('formatAlerts() fires until it is not repeated', () => {
  assert.deepEqual(format('trigger'), [
    {
      labels: {
        team: 'platform',
        alertname: 'HoldfastIncident',
        cluster: 'prod-eu-1',
        namespace: 'shop',
        severity: 'warning',
        class: 'drift-attempt',
        rule: 'drift-attempt',
        incident: key,
      },
      annotations: {
        summary: 'alice was refused',
        component: 'apps/deployments/shop/checkout',
        attempts: '1',
        objects: 'apps/deployments/shop/checkout',
        username: 'alice',
      },
      startsAt: '2026-01-05T08:00:00.000Z',
      endsAt: '2026-01-05T09:04:00.000Z',
      generatorURL: 'https://example.com/runbook',
    },
  ]);
});

test('formatAlerts() ends now, and never before it began', () => {
  const [ended] = Object(format('resolve', { links: [] }, Date.UTC(2026, 0, 5, 7))) as object[];
  assert.deepEqual(
    [
      Reflect.get(ended ?? {}, 'startsAt'),
      Reflect.get(ended ?? {}, 'endsAt'),
      'generatorURL' in (ended ?? {}),
    ],
    ['2026-01-05T07:00:00.000Z', '2026-01-05T07:00:00.000Z', false],
  );
});

test('formatAlerts() bounds what strangers chose and leaves out what is empty', () => {
  const details = { long: 'x'.repeat(9000), empty: '' };
  const [alert] = Object(format('trigger', { source: 'y'.repeat(500), details })) as object[];
  const annotations = Object(Reflect.get(alert ?? {}, 'annotations')) as Record<string, string>;
  const labels = Object(Reflect.get(alert ?? {}, 'labels')) as Record<string, string>;
  assert.deepEqual(
    [annotations['long']?.length, annotations['empty'], labels['cluster']?.length],
    [2000, undefined, 128],
  );
});
