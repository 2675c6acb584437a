/** Every parser of foreign bytes, asked for inputs that are nearly right; `test/exhaustive/` asks for more of them. */
import { test } from 'node:test';
import { assertSound, fuzzTarget } from '../support/fuzz/run-target.ts';
import { FUZZ_TARGETS } from '../support/fuzz/targets.ts';

const COUNT = 60;

for (const target of FUZZ_TARGETS) {
  test(`${target.name} keeps its promises for ${COUNT} inputs`, () => {
    assertSound(fuzzTarget(target, { first: 0, count: COUNT }), target.name);
  });
}
