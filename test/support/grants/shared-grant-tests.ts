/** The test of a range of seeds of two replicas that share a grant in trouble. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSharedGrant, USES, type SharedGrantResult } from './shared-grant.ts';

export interface SharedGrantTestOptions {
  readonly firstSeed: number;
  readonly lastSeed: number;
}

/** Declares it. */
export function testSharedGrant({ firstSeed, lastSeed }: SharedGrantTestOptions): void {
  test('of two replicas that lose the API server, or its answers, no more writes are made than a grant has uses, and each use that was not made can be had again', async (t) => {
    const results: SharedGrantResult[] = [];
    for (let seed = firstSeed; seed <= lastSeed; seed += 1) {
      results.push(await runSharedGrant(seed));
    }

    assert.deepEqual(
      results
        .filter(({ problems }) => problems.length > 0)
        .map(({ seed, problems, trace }) => `seed ${seed}: ${[...problems, ...trace].join('\n')}`),
      [],
    );
    const usedUp = results.filter(({ isUsedUp }) => isUsedUp);
    assert.ok(usedUp.every(({ made }) => made === USES));
    assert.ok(usedUp.length > results.length / 2, `${usedUp.length} of ${results.length}`);
    const sum = (of: (result: SharedGrantResult) => number): number =>
      results.reduce((total, result) => total + of(result), 0);
    assert.ok(sum(({ passed }) => passed) > sum(({ made }) => made));
    t.diagnostic(
      `${results.length} seeds, ${sum(({ attempts }) => attempts)} attempts, ${sum(({ passed }) => passed)} let pass, ${sum(({ made }) => made)} made, ${usedUp.length} grants used to their end`,
    );
  });
}
