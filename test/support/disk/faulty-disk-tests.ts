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
} from './run-faulty-disk.ts';

/** Declares the tests, with so many seeds each. */
export function testFaultyDisk(counts: { readonly honest: number; readonly lying: number }): void {
  test(
    'no acknowledged record is lost by a disk that fails and loses its power',
    { skip: NO_FAULTY_DISK },
    async (t) => {
      const runs = await runFaultyDisk(t, { firstSeed: 1, count: counts.honest, lies: 0 });

      assert.deepEqual(listLies(runs), []);
      assert.ok(runs.some(({ acknowledged }) => acknowledged > 0));
      t.diagnostic(describeRuns(runs));
    },
  );

  test('what a lying disk has lost is found by its hash', { skip: NO_FAULTY_DISK }, async (t) => {
    const runs = await runFaultyDisk(t, { firstSeed: 1, count: counts.lying, lies: 3 });

    assert.deepEqual(listUnfound(runs), []);
    assert.ok(
      runs.some(({ missing }) => missing > 0),
      'No flush lied about anything',
    );
    t.diagnostic(describeRuns(runs));
  });
}
