import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planNotification } from '../../../src/alerting/plan-notification.ts';
import type {
  NotificationOptions,
  NotificationTarget,
} from '../../../src/alerting/plan-notification.ts';
import { sampleIncident } from '../../support/alerts/incident-samples.ts';

const target: NotificationTarget = { name: 'pager', triggersPerMinuteMax: 4 };
const settings: NotificationOptions = { nowMs: 100_000, updateMs: 60_000, rate: undefined };
const spent = { sinceMs: 99_000, used: 4 };
const told = (atMs: number, count = 1, severity: 'warning' | 'info' = 'warning') =>
  sampleIncident({ count: 2, told: { pager: { atMs, count, severity } } });

test('planNotification() tells of a new incident at once, within the rate', () => {
  const notification = planNotification(sampleIncident(), target, settings);
  assert.deepEqual(notification, {
    what: 'first',
    incident: sampleIncident({ told: { pager: { atMs: 100_000, count: 1, severity: 'warning' } } }),
    rate: { sinceMs: 100_000, used: 1 },
  });
  const folded = planNotification(sampleIncident(), target, { ...settings, rate: spent });
  assert.deepEqual(folded, { what: 'folded', incident: sampleIncident(), rate: spent });
});

test('planNotification() tells of the summary beyond the rate', () => {
  const beyond = { ...settings, rate: spent, beyondRateLimit: true };
  assert.equal(planNotification(sampleIncident(), target, beyond).what, 'first');
});

for (const [name, incident, what] of [
  ['a new count before its time', told(50_000), 'later'],
  ['a new count when it is time', told(40_000), 'again'],
  ['no news', told(0, 2), 'later'],
  ['what became graver', told(99_000, 2, 'info'), 'again'],
  ['a time in the future', told(900_000), 'again'],
] as const) {
  test(`planNotification() says "${what}" to ${name}`, () => {
    assert.equal(planNotification(incident, target, settings).what, what);
  });
}

test('planNotification() tells a new count later where the rate is spent', () => {
  assert.equal(planNotification(told(0), target, { ...settings, rate: spent }).what, 'later');
});

test('planNotification() repeats for a target that forgets, whatever the rate', () => {
  const forgetful = { ...target, repeatMs: 30_000 };
  const repeated = planNotification(told(70_000, 2), forgetful, { ...settings, rate: spent });
  assert.equal(repeated.what, 'again');
  assert.equal(planNotification(told(80_000, 2), forgetful, settings).what, 'later');
});
