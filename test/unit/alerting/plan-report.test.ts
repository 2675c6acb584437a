import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planReport } from '../../../src/alerting/plan-report.ts';
import type { ReportContext } from '../../../src/alerting/plan-report.ts';
import type { Report } from '../../../src/alerting/replica-status.ts';
import { sampleAttempt, sampleRule } from '../../support/alerts/incident-samples.ts';

const report: Report = {
  key: 'k'.repeat(64),
  group: 'g'.repeat(64),
  rule: 'drift-attempt',
  own: 3,
  objects: { a: 'open', b: 'healed' },
  unlisted: 2,
  last: sampleAttempt(),
};
const context: ReportContext = {
  rule: sampleRule(),
  seen: undefined,
  isAlive: false,
  previous: undefined,
  nowMs: Date.parse(report.last.time) + 1000,
  quietMs: 600_000,
};
const counts = (one: Report, within: Partial<ReportContext> = {}) =>
  planReport(one, { ...context, ...within }).observations.map(({ object, count, unlisted }) => [
    object,
    count,
    unlisted,
  ]);

test('planReport() counts a new report whole, with every object', () => {
  assert.deepEqual(counts(report), [
    ['a', 3, 2],
    ['b', 0, undefined],
  ]);
  const { observations, healed } = planReport(report, context);
  assert.deepEqual([observations[0]?.own, healed], [0, ['b']]);
});

test('planReport() counts only what is new', () => {
  const previous = { ...report, objects: { a: 'open' }, unlisted: 1 } as const;
  assert.deepEqual(counts(report, { seen: { own: 1 }, previous }), [
    ['a', 2, 1],
    ['b', 0, undefined],
  ]);
  assert.deepEqual(planReport(report, { ...context, seen: { own: 3 }, previous: report }), {
    observations: [],
    healed: [],
    isStale: false,
  });
});

test('planReport() takes a lower count for a new incident', () => {
  assert.equal(counts(report, { seen: { own: 90 } })[0]?.[1], 3);
});

test('planReport() hears nothing new of what has long been quiet', () => {
  const nowMs = context.nowMs + 600_000;
  assert.deepEqual(counts(report, { nowMs }), []);
  assert.equal(counts({ ...report, expiresAtMs: nowMs }, { nowMs }).length, 2);
  assert.deepEqual(
    counts(report, { nowMs: context.nowMs + 1000, rule: sampleRule({ quietMs: 1000 }) }),
    [],
  );
});

test('planReport() judges what has long been quiet again, and counts it once its replica gives a sign of life', () => {
  const nowMs = context.nowMs + 600_000;
  assert.equal(planReport(report, { ...context, nowMs }).isStale, true);
  assert.equal(planReport(report, { ...context, nowMs, isAlive: true }).isStale, false);
  assert.equal(counts(report, { nowMs, isAlive: true })[0]?.[1], 3);
});

test('planReport() counts a new incident whole, also where it has passed the count of the one before', () => {
  const again = { ...report, first: 'D2' };
  assert.equal(counts(again, { seen: { own: 2, first: 'D1' } })[0]?.[1], 3);
  assert.equal(counts(again, { seen: { own: 3, first: 'D1' } })[0]?.[1], 3);
  assert.equal(counts(again, { seen: { own: 2, first: 'D2' } })[0]?.[1], 1);
  // A replica of a version that does not say which incident it is.
  assert.equal(counts(again, { seen: { own: 2 } })[0]?.[1], 1);
  assert.equal(counts(report, { seen: { own: 2, first: 'D1' } })[0]?.[1], 1);
});
