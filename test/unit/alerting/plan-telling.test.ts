import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planTelling } from '../../../src/alerting/plan-telling.ts';
import type { TellingSettings, TellingTarget } from '../../../src/alerting/plan-telling.ts';
import { sampleIncident } from '../../support/alerts/incident-samples.ts';

const target: TellingTarget = { name: 'pager', triggersPerMinuteMax: 4 };
const settings: TellingSettings = { nowMs: 100_000, updateMs: 60_000, budget: undefined };
const spent = { sinceMs: 99_000, used: 4 };
const told = (atMs: number, count = 1, severity: 'warning' | 'info' = 'warning') =>
  sampleIncident({ count: 2, told: { pager: { atMs, count, severity } } });

test('planTelling() tells of a new incident at once, within the budget', () => {
  const telling = planTelling(sampleIncident(), target, settings);
  assert.deepEqual(telling, {
    what: 'first',
    incident: sampleIncident({ told: { pager: { atMs: 100_000, count: 1, severity: 'warning' } } }),
    budget: { sinceMs: 100_000, used: 1 },
  });
  const folded = planTelling(sampleIncident(), target, { ...settings, budget: spent });
  assert.deepEqual(folded, { what: 'folded', incident: sampleIncident(), budget: spent });
});

test('planTelling() tells of the summary beyond the budget', () => {
  const beyond = { ...settings, budget: spent, beyondBudget: true };
  assert.equal(planTelling(sampleIncident(), target, beyond).what, 'first');
});

for (const [name, incident, what] of [
  ['a new count before its time', told(50_000), 'later'],
  ['a new count when it is time', told(40_000), 'again'],
  ['no news', told(0, 2), 'later'],
  ['what became graver', told(99_000, 2, 'info'), 'again'],
  ['a time in the future', told(900_000), 'again'],
] as const) {
  test(`planTelling() says "${what}" to ${name}`, () => {
    assert.equal(planTelling(incident, target, settings).what, what);
  });
}

test('planTelling() tells a new count later where the budget is spent', () => {
  assert.equal(planTelling(told(0), target, { ...settings, budget: spent }).what, 'later');
});

test('planTelling() repeats for a target that forgets, whatever the budget', () => {
  const forgetful = { ...target, repeatMs: 30_000 };
  const repeated = planTelling(told(70_000, 2), forgetful, { ...settings, budget: spent });
  assert.equal(repeated.what, 'again');
  assert.equal(planTelling(told(80_000, 2), forgetful, settings).what, 'later');
});
