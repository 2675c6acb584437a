/** The same as the integration test of this name, with a thousand seeds each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  describeRuns,
  listLies,
  listUnfound,
  NO_FAULTY_DISK,
  runFaultyDisk,
} from '../support/disk/run-faulty-disk.ts';

const RUNS = 1000;

test(
  'no acknowledged record is lost in a thousand power failures',
  { skip: NO_FAULTY_DISK },
  async (t) => {
    const runs = await runFaultyDisk(t, { firstSeed: 1, count: RUNS, lies: 0 });

    assert.deepEqual(listLies(runs), []);
    t.diagnostic(describeRuns(runs));
  },
);

test(
  'what a lying disk has lost in a thousand power failures is found by its hash',
  { skip: NO_FAULTY_DISK },
  async (t) => {
    const runs = await runFaultyDisk(t, { firstSeed: 1, count: RUNS, lies: 3 });

    assert.deepEqual(listUnfound(runs), []);
    t.diagnostic(describeRuns(runs));
  },
);
