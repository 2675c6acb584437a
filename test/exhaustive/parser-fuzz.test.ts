/** Every parser of foreign bytes, asked for more inputs than in `test/integration/`. */
import { test } from 'node:test';
import { assertSound, fuzzTarget } from '../support/fuzz/run-target.ts';
import { FUZZ_TARGETS } from '../support/fuzz/targets.ts';

const COUNT = 300;

for (const target of FUZZ_TARGETS) {
  test(`${target.name} keeps its promises for ${COUNT} inputs`, () => {
    assertSound(fuzzTarget(target, { first: 1000, count: COUNT }), target.name);
  });
}
