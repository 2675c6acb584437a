/**
 * The journal, the delivery of its records and the incidents made of them, together: whatever dies, fails or is late, every
 * acknowledged record arrives in order, and each cause is one incident that ends once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_FAULTY_DISK } from '../disk/run-faulty-disk.ts';
import { FAILED_SEEDS } from './failed-seeds.ts';
import { describeResults, listProblems, runSimulation } from './run-simulation.ts';

export interface SimulationTestOptions {
  /** `FIRST-LAST`. */
  readonly seeds: string;
  readonly steps: number;
}

/** Declares the test of so many seeds. */
export function testSimulation({ seeds, steps }: SimulationTestOptions): void {
  test(
    'records arrive in order and incidents end once, whatever dies and whenever',
    { skip: NO_FAULTY_DISK },
    (t) => {
      const results = runSimulation(t, { seeds: [seeds], steps });

      assert.deepEqual(listProblems(results), []);
      assert.ok(results.some(({ crashes }) => crashes > 1));
      assert.ok(results.some(({ acknowledged, pages }) => acknowledged > 0 && pages > 0));
      t.diagnostic(describeResults(results));
    },
  );
}

/** Declares the tests of the seeds that have failed once, and of what each seed must be: the same twice. */
export function testKeptSeeds(): void {
  for (const { seed, steps, found } of FAILED_SEEDS) {
    test(`seed ${seed} does not fail again: ${found}`, { skip: NO_FAULTY_DISK }, (t) => {
      assert.deepEqual(listProblems(runSimulation(t, { seeds: [String(seed)], steps })), []);
    });
  }

  test(
    'a seed gives the same trace twice, and another seed another one',
    { skip: NO_FAULTY_DISK },
    (t) => {
      const seeds = ['3', '4', '3', '4'];
      const hashes = seeds.map((seed) => {
        const [result] = runSimulation(t, { seeds: [seed], steps: 1500 });
        return result?.traceHash;
      });

      assert.deepEqual(hashes.slice(0, 2), hashes.slice(2));
      assert.notEqual(hashes[0], hashes[1]);
    },
  );
}
