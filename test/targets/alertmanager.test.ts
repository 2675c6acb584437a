/** Incidents through the real Alertmanager: firing, with the count, ended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAlerts } from '../../src/alerting/targets/alertmanager/format-alerts.ts';
import { systemClock } from '../../src/base/clock.ts';
import { constructAlertTarget } from '../../src/compose/bind-alerts.ts';
import { alertsSchema } from '../../src/alerting/settings.ts';
import { sampleMessage, sampleNotice } from '../support/alerts/incident-samples.ts';
import { startAlertmanager } from '../support/sinks/alertmanager-server.ts';
import { waitUntil } from '../support/wait-until.ts';

test('the real Alertmanager', async (t) => {
  const { url, active } = await startAlertmanager(t);
  const settings = { type: 'alertmanager', name: 'am', url, labels: { team: 'platform' } };
  const [parsed] = alertsSchema.parse({ targets: [settings] }).targets;
  assert.ok(parsed !== undefined);
  const target = constructAlertTarget(parsed, { clock: systemClock, environment: {} });
  t.after(() => {
    target.close();
  });
  const { signal } = new AbortController();
  const startedAtMs = systemClock.wallMs() - 1000;
  const notice = sampleNotice({ startedAtMs });

  await t.test('shows an incident, and its count when it is told again', async () => {
    const trigger = sampleMessage(1, { notice });
    assert.deepEqual(await target.send(trigger, signal), { status: 'accepted' });
    await waitUntil(async () => (await active()).length === 1);
    const again = { ...trigger, notice: { ...notice, details: { attempts: 42 } } };
    assert.deepEqual(await target.send(again, signal), { status: 'accepted' });
    await waitUntil(async () => (await active())[0]?.annotations['attempts'] === '42');
    const [alert] = await active();
    assert.deepEqual(alert?.labels, {
      team: 'platform',
      alertname: 'HoldfastIncident',
      cluster: 'prod-eu-1',
      namespace: 'shop',
      severity: 'warning',
      class: 'drift-attempt',
      rule: 'drift-attempt',
      incident: trigger.key,
    });
  });

  await t.test('ends it', async () => {
    const resolve = sampleMessage(2, { kind: 'resolve', notice });
    assert.deepEqual(await target.send(resolve, signal), { status: 'accepted' });
    await waitUntil(async () => (await active()).length === 0);
  });

  await t.test('takes every character and length that we let through', async () => {
    const hostile = sampleNotice({
      startedAtMs,
      namespace: '',
      class: 'x'.repeat(500),
      details: { message: '"\\\u0000😀\n'.repeat(2000) },
    });
    const message = sampleMessage(3, { notice: hostile });
    assert.deepEqual(await target.send(message, signal), { status: 'accepted' });
    await waitUntil(async () => (await active()).length === 1);
  });

  await t.test('refuses what is no alert, and we do not send it again', async () => {
    const broken = sampleMessage(4, {
      notice: sampleNotice({ links: [{ text: 'x', href: 'no address' }] }),
    });
    assert.ok(formatAlerts(broken, { nowMs: 0, repeatMs: 1, labels: {} }).includes('no address'));
    const outcome = await target.send(broken, signal);
    assert.equal(outcome.status, 'refused');
  });
});
