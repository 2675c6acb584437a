import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Incident } from '../../../../src/alerting/incident.ts';
import { formatIncidents } from '../../../../src/dashboard/pages/format-incidents.ts';
import { sampleIncident } from '../../../support/alerts/incident-samples.ts';

function read(incidents: readonly Incident[], isConfigured = true): string {
  const viewer = { username: 'alice', groups: [], extra: {} };
  const place = { cluster: 'c', replica: 'holdfast-0', viewer };
  return String(formatIncidents({ ...place, incidents, isConfigured, nowMs: 61_000 }));
}

test('formatIncidents() has what happened, how often, and the last decision', () => {
  const page = read([
    sampleIncident(),
    sampleIncident({
      count: 3,
      acknowledged: true,
      severity: 'critical',
      objects: { 'apps/deployments/shop/a': 'open', 'apps/deployments/shop/b': 'healed' },
    }),
  ]);

  for (const text of [
    '<span class="verdict warning">warning</span> <strong>drift-attempt</strong> (drift-attempt)</p>',
    'alice: UPDATE deployments.apps shop/checkout, <code>managed_object_changed</code>',
    '1 attempt, opened 1 min ago, the last 1 min ago: <a href="/decisions/D1">decision D1</a>',
    '3 attempts',
    '<span class="verdict critical">critical</span>',
    ', acknowledged',
    'apps/deployments/shop/a, apps/deployments/shop/b (healed)',
  ]) {
    assert.ok(page.includes(text), `${text}\n---\n${page}`);
  }
});

test('formatIncidents() tells that none is open from that none can be', () => {
  assert.ok(read([]).includes('No incident that you may see is open.'));
  const unconfigured = read([], false);
  assert.ok(unconfigured.includes('No alert target is configured'));
  assert.ok(!unconfigured.includes('No incident that you may see'));
});
