/** Repeats what a failure names: `node test/support/fuzz/fuzz-runs.ts TARGET SEED [COUNT]`, or `TARGET base64:INPUT`. */
import { inspect } from 'node:util';
import { findProblem, fuzzTarget, inputOf } from './run-target.ts';
import { FUZZ_TARGETS } from './targets.ts';

const GIVEN = 'base64:';
const [name, seedText = '0', countText] = process.argv.slice(2);
const target = FUZZ_TARGETS.find((each) => each.name === name);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (target === undefined) {
  print(`Name a target: ${FUZZ_TARGETS.map((each) => each.name).join(', ')}`);
  process.exitCode = 2;
} else if (countText === undefined) {
  const input = seedText.startsWith(GIVEN)
    ? Buffer.from(seedText.slice(GIVEN.length), 'base64')
    : inputOf(target, Number(seedText));
  print(`${input.length} bytes: ${inspect(input.toString('latin1'), { maxStringLength: 2000 })}`);
  print(findProblem(target, input) ?? 'No promise is broken');
} else {
  print(inspect(fuzzTarget(target, { first: Number(seedText), count: Number(countText) })));
}
