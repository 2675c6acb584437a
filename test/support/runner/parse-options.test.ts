import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions, STAGES } from './parse-options.ts';

const FILE_STAGES = [
  'tidy',
  'docs',
  'unit',
  'conformance',
  'integration',
  'cluster',
  'attack',
  'e2e',
];

const CASES: readonly (readonly [
  argv: string,
  stages: readonly string[],
  filters: readonly string[],
])[] = [
  ['', STAGES, []],
  ['--check-only', ['types', 'lint', 'format', 'dead-code', 'tidy', 'docs'], []],
  ['--only unit,cluster', ['unit', 'cluster'], []],
  ['--only=rego', ['rego'], []],
  ['--only unit,conformance,integration', ['unit', 'conformance', 'integration', 'coverage'], []],
  ['admission', FILE_STAGES, ['admission']],
  ['--only unit admission base', ['unit'], ['admission', 'base']],
];

for (const [argv, stages, filters] of CASES) {
  test(`parseOptions() plans the stages of "${argv}"`, () => {
    const parsed = parseOptions(argv.split(' ').filter((word) => word !== ''));

    assert.deepEqual(parsed, { status: 'parsed', options: { stages, filters } });
  });
}

test('parseOptions() refuses what it does not know', () => {
  assert.deepEqual(parseOptions(['--watch']), {
    status: 'refused',
    message: 'Option must be --only STAGES or --check-only: found "--watch"',
  });
  assert.deepEqual(parseOptions(['--only', 'unti']), {
    status: 'refused',
    message: `Stage must be one of ${STAGES.join(', ')}: found "unti"`,
  });
  assert.equal(parseOptions(['--only']).status, 'refused');
});
