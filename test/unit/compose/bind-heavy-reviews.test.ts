import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMs, systemClock } from '../../../src/base/clock.ts';
import { bindHeavyReviews } from '../../../src/compose/bind-heavy-reviews.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import { heavyReview, HEAVY_SHAPES } from '../../support/heavy-reviews.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

const MIB = 1024 * 1024;

test('the budget of large reviews is a share of the memory of the container', async () => {
  const { metrics, exposed } = recordTelemetry();
  const { limits } = defaultConfiguration('/');
  const admit = bindHeavyReviews(
    async () => {
      const [line = ''] = await exposed('holdfast_heavy_reviews_bytes ');
      return { httpStatus: 200, body: line };
    },
    { limits: () => limits, metrics, clock: systemClock, containerBytes: 10 * MIB },
  );
  const shape = HEAVY_SHAPES['small maps'];
  assert.ok(shape);
  const body = heavyReview({ shape, bytes: MIB });
  const answer = await admit('validate', body, addMs(systemClock.monotonicMs(), 10_000));
  assert.equal(answer.body, `holdfast_heavy_reviews_bytes ${3 * MIB}`);
  assert.deepEqual(await exposed('holdfast_heavy_reviews_waiting '), [
    'holdfast_heavy_reviews_waiting 0',
  ]);
});
