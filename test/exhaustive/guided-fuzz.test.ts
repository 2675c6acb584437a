/** Every parser of foreign bytes, asked for inputs that lead on from each other. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fuzzGuided } from '../support/fuzz/guided-run.ts';
import { PathCoverage } from '../support/fuzz/path-coverage.ts';

const COUNT = 40;

const coverage = new PathCoverage();
after(() => coverage.close());
// Later: what is called while the targets are made is counted, too.
const { FUZZ_TARGETS } = await import('../support/fuzz/targets.ts');

for (const target of FUZZ_TARGETS) {
  test(`${target.name} keeps its promises for ${COUNT} inputs that lead on from each other`, (t) => {
    const { failure, kept, pathsBefore, paths } = fuzzGuided(target, {
      coverage,
      seed: 1,
      count: COUNT,
    });

    assert.equal(failure, undefined);
    t.diagnostic(`${kept} inputs led on, from ${pathsBefore} paths to ${paths}`);
  });
}
