import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseRetryAfter } from '../../../src/base/parse-retry-after.ts';
import { textTarget } from './fuzz-target.ts';
import { fuzzGuided } from './guided-run.ts';
import { PathCoverage } from './path-coverage.ts';

const coverage = new PathCoverage();
after(() => coverage.close());

test('inputs lead on from each other, and the same seed leads to the same ones', () => {
  const target = textTarget('base/parse-retry-after', ['1'], (text) => parseRetryAfter(text, 0));
  const run = fuzzGuided(target, { coverage, seed: 1, count: 200 });
  assert.deepEqual([run.failure, run.inputs], [undefined, 200]);
  assert.ok(run.kept > 0 && run.paths > run.pathsBefore, JSON.stringify(run));
  assert.deepEqual(fuzzGuided(target, { coverage, seed: 1, count: 200 }), run);
});

test('what breaks a promise is told with the input itself, and ends the run', () => {
  const target = textTarget('x/parse', ['a'], () => {
    throw new TypeError('no such luck');
  });
  const { failure, inputs } = fuzzGuided(target, { coverage, seed: 1, count: 200 });
  assert.equal(inputs, 1);
  assert.match(failure ?? '', /^x\/parse threw TypeError: no such luck\. .* x\/parse base64:\S*$/u);
});
