import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planEnd, planResumption } from '../../../src/alerting/plan-end.ts';
import { sampleIncident, sampleRule } from '../../support/alerts/incident-samples.ts';

const at = (nowMs: number, rule: ReturnType<typeof sampleRule> | undefined = sampleRule()) => ({
  nowMs,
  quietMs: 600_000,
  rule,
});
const healed = sampleIncident({ objects: { a: 'healed' } });

test('planEnd() ends what was quiet for long enough', () => {
  assert.equal(planEnd(sampleIncident(), at(600_999)), undefined);
  assert.equal(planEnd(sampleIncident(), at(601_000)), 'quiet');
  assert.equal(planEnd(sampleIncident(), { ...at(601_000), rule: undefined }), 'quiet');
  assert.equal(planEnd(sampleIncident(), at(61_000, sampleRule({ quietMs: 60_000 }))), 'quiet');
});

test('planEnd() ends what is healed only where the rule says so', () => {
  assert.equal(planEnd(healed, at(2000, sampleRule({ resolveOnHeal: true }))), 'healed');
  assert.equal(planEnd(sampleIncident(), at(2000, sampleRule({ resolveOnHeal: true }))), undefined);
  assert.equal(planEnd(healed, at(2000)), undefined);
});

test('planEnd() ends a grant when it expires, and not before', () => {
  const grant = sampleIncident({ expiresAtMs: 9_000_000 });
  assert.equal(planEnd(grant, at(8_999_999)), undefined);
  assert.equal(planEnd(grant, at(9_000_000)), 'expired');
});

test('planResumption() watches for a while before quiet ends anything', () => {
  const nowMs = 9_000_000;
  const resumed = planResumption(sampleIncident(), at(nowMs));
  assert.deepEqual([resumed.openedAtMs, resumed.quietSinceMs], [1000, nowMs - 540_000]);
  const short = planResumption(sampleIncident(), at(nowMs, sampleRule({ quietMs: 1000 })));
  assert.equal(short.quietSinceMs, nowMs);
  const { rule: _, ...without } = at(nowMs);
  assert.equal(
    planResumption(sampleIncident(), { ...without, rule: undefined }).quietSinceMs,
    nowMs - 540_000,
  );
});

test('planResumption() takes no time from the future', () => {
  const future = sampleIncident({ openedAtMs: 99, quietSinceMs: 99 });
  const resumed = planResumption(future, at(50));
  assert.deepEqual([resumed.openedAtMs, resumed.quietSinceMs], [50, 50]);
});
