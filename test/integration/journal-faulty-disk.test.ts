/**
 * Below SQLite: short writes, EIO, ENOSPC, no descriptors, flushes that fail or lie, torn pages and power failures, at
 * operations that a seed chooses. What was acknowledged is there afterwards, or somebody is told that it is not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  describeRuns,
  listLies,
  listUnfound,
  NO_FAULTY_DISK,
  runFaultyDisk,
} from '../support/disk/run-faulty-disk.ts';

/** A thousand each run with `npm run test:rest`. */
const HONEST_RUNS = 80;
const LYING_RUNS = 40;

test(
  'no acknowledged record is lost by a disk that fails and loses its power',
  { skip: NO_FAULTY_DISK },
  async (t) => {
    const runs = await runFaultyDisk(t, { firstSeed: 1, count: HONEST_RUNS, lies: 0 });

    assert.deepEqual(listLies(runs), []);
    assert.ok(runs.some(({ acknowledged }) => acknowledged > 0));
    t.diagnostic(describeRuns(runs));
  },
);

test('what a lying disk has lost is found by its hash', { skip: NO_FAULTY_DISK }, async (t) => {
  const runs = await runFaultyDisk(t, { firstSeed: 1, count: LYING_RUNS, lies: 3 });

  assert.deepEqual(listUnfound(runs), []);
  assert.ok(
    runs.some(({ missing }) => missing > 0),
    'No flush lied about anything',
  );
  t.diagnostic(describeRuns(runs));
});
