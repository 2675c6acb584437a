/** The test of a range of seeds of two replicas in trouble. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runPair, type PairResult } from './partitioned-pair.ts';

export interface PartitionTestOptions {
  readonly firstSeed: number;
  readonly lastSeed: number;
}

/** Declares it. */
export function testPartitions({ firstSeed, lastSeed }: PartitionTestOptions): void {
  test('one cause is one incident of two replicas that lose each other, resolved once, with every attempt', async (t) => {
    const results: PairResult[] = [];
    for (let seed = firstSeed; seed <= lastSeed; seed += 1) results.push(await runPair(seed));

    const failed = results.filter(({ problems }) => problems.length > 0);
    assert.deepEqual(
      failed.map(
        ({ seed, problems, trace }) => `seed ${seed}: ${[...problems, ...trace].join('\n')}`,
      ),
      [],
    );
    const sum = (of: (result: PairResult) => number): number =>
      results.reduce((total, result) => total + of(result), 0);
    assert.ok(sum(({ pages }) => pages) > results.length);
    assert.ok(sum(({ troubles }) => troubles) > results.length);
    t.diagnostic(
      `${results.length} seeds, ${sum(({ troubles }) => troubles)} troubles, ${sum(({ attempts }) => attempts)} attempts, ${sum(({ pages }) => pages)} incidents`,
    );
  });
}
