import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitHeavyReviews } from '../../../src/admission/heavy-reviews.ts';
import type { HttpAnswer } from '../../../src/admission/respond.ts';
import { addMs, systemClock, type MonotonicMs } from '../../../src/base/clock.ts';
import { WeightedSemaphore } from '../../../src/base/weighted-semaphore.ts';
import { heavyReview, HEAVY_SHAPES } from '../../support/heavy-reviews.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const KIB = 1024;
const MAPS = HEAVY_SHAPES['small maps'] ?? String;

function stage({ weightMax = 1e9, jsonValuesMax = 1e9 } = {}) {
  const held: ((answer: HttpAnswer) => void)[] = [];
  const { metrics, exposed } = recordTelemetry();
  const budget = new WeightedSemaphore({ weightMax, waitingMax: 2 });
  const admit = limitHeavyReviews({
    admit: () => new Promise((resolve) => held.push(resolve)),
    budget,
    jsonValuesMax: () => jsonValuesMax,
    clock: systemClock,
    metrics,
  });
  const release = (): void => held.shift()?.({ httpStatus: 200, body: 'judged' });
  return { admit, budget, held, exposed, release };
}

function inMs(ms: number): MonotonicMs {
  return addMs(systemClock.monotonicMs(), ms);
}

function review(bytes: number, uid: string): Buffer {
  return heavyReview({ shape: MAPS, bytes, uid });
}

test('a small review is not weighed', async () => {
  const { admit, budget, release, held } = stage({ weightMax: 1 });
  const answers = [1, 2].map(() => admit('validate', review(100 * KIB, 'u'), inMs(10_000)));
  assert.deepEqual([held.length, budget.weight], [2, 0]);
  release();
  release();
  assert.equal((await Promise.all(answers)).length, 2);
});

test('large reviews are judged in turns, each in full', async () => {
  const { admit, budget, release, held } = stage({ weightMax: 1000 });
  const answers = [1, 2].map((number) =>
    admit('validate', review(300 * KIB, `u${number}`), inMs(10_000)),
  );
  await waitUntil(() => budget.waiting === 1 && held.length === 1);
  release();
  await waitUntil(() => budget.waiting === 0 && held.length === 1);
  release();
  assert.deepEqual(
    (await Promise.all(answers)).map(({ body }) => body),
    ['judged', 'judged'],
  );
  await waitUntil(() => budget.weight === 0);
});

test('a large review that gets no turn before its deadline is denied by its uid, and counted', async () => {
  const { admit, exposed, release, held } = stage({ weightMax: 1000 });
  const first = admit('validate', review(300 * KIB, 'first'), inMs(10_000));
  await waitUntil(() => held.length === 1);
  const { httpStatus, body } = await admit('mutate', review(300 * KIB, 'second'), inMs(600));
  assert.equal(httpStatus, 200);
  assert.match(body, /"uid":"second","allowed":false.*\(review_memory_exceeded\)/u);
  assert.deepEqual(await exposed('holdfast_reviews_rejected_total'), [
    'holdfast_reviews_rejected_total{route="mutate",code="review_memory_exceeded"} 1',
  ]);
  release();
  await first;
});

test('a review of too many values is denied before it is parsed', async () => {
  const { admit, held } = stage({ jsonValuesMax: 1000 });
  const { body } = await admit('validate', review(300 * KIB, 'many'), inMs(10_000));
  assert.match(body, /"uid":"many","allowed":false.*\(review_values_exceeded\)/u);
  assert.equal(held.length, 0);
});
