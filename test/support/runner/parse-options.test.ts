import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from './parse-options.ts';
import type { RunOptions } from './parse-options.ts';
import { STAGE_NAMES } from './stages.ts';

const NOTHING: RunOptions = { selection: { kind: 'default' }, filters: [], withLoki: false };

const CASES: readonly (readonly [argv: string, options: Partial<RunOptions>])[] = [
  ['', {}],
  ['--check-only', { selection: { kind: 'checks' } }],
  ['--all', { selection: { kind: 'all' } }],
  ['--rest', { selection: { kind: 'rest' } }],
  ['--all --with-loki', { selection: { kind: 'all' }, withLoki: true }],
  ['--only unit,cluster', { selection: { kind: 'named', names: ['unit', 'cluster'] } }],
  ['--only=rego', { selection: { kind: 'named', names: ['rego'] } }],
  ['admission', { selection: { kind: 'all' }, filters: ['admission'] }],
  [
    '--only unit admission base',
    { selection: { kind: 'named', names: ['unit'] }, filters: ['admission', 'base'] },
  ],
];

for (const [argv, options] of CASES) {
  test(`parseOptions() reads "${argv}"`, () => {
    const parsed = parseOptions(argv.split(' ').filter((word) => word !== ''));

    assert.deepEqual(parsed, { status: 'parsed', options: { ...NOTHING, ...options } });
  });
}

test('parseOptions() refuses what it does not know', () => {
  assert.deepEqual(parseOptions(['--watch']), {
    status: 'refused',
    message:
      'Option must be one of --only STAGES, --check-only, --all, --rest, --with-loki: found "--watch"',
  });
  const found = (name: string) => ({
    status: 'refused',
    message: `Stage must be one of ${STAGE_NAMES.join(', ')}: found "${name}"`,
  });
  assert.deepEqual(parseOptions(['--only', 'unit,unti']), found('unti'));
  assert.deepEqual(parseOptions(['--only']), found(''));
  assert.deepEqual(parseOptions(['--only=']), found(''));
});
