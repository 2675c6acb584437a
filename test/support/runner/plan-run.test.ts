import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listFiles } from './list-files.ts';
import { parseOptions } from './parse-options.ts';
import { planRun } from './plan-run.ts';
import type { PlannedRun } from './plan-run.ts';
import { STAGE_NAMES, STAGES } from './stages.ts';

const FILES = [
  'test/tidy.test.ts',
  'test/support/tidy/sizes.test.ts',
  'test/docs.test.ts',
  'test/support/docs/claims.test.ts',
  'test/unit/base/clock.test.ts',
  'test/support/runner/plan-run.test.ts',
  'test/conformance/reviews.test.ts',
  'test/integration/journal.test.ts',
  'test/cluster/watch.test.ts',
  'test/targets/loki.test.ts',
  'test/targets/nats.test.ts',
  'test/attack/journal-tampering.test.ts',
  'test/attack/scale.test.ts',
  'test/e2e/flux.test.ts',
];

function plan(argv: string, files: readonly string[] = FILES): PlannedRun {
  const parsed = parseOptions(argv.split(' ').filter((word) => word !== ''));
  assert.equal(parsed.status, 'parsed');
  return planRun(parsed.options, files);
}

function namesOf(run: PlannedRun): readonly string[] {
  return run.status === 'planned' ? run.stages.map(({ name }) => name) : [];
}

function filesOf(run: PlannedRun): readonly string[] {
  return run.status === 'planned' ? run.stages.flatMap(({ files }) => files) : [];
}

const CHECKS = ['types', 'lint', 'format', 'dead-code', 'tidy', 'docs'];
const REST = ['targets', 'exhaustive', 'attack', 'matrix', 'e2e', 'versions'];

const STAGES_OF: readonly (readonly [argv: string, stages: readonly string[]])[] = [
  ['', STAGE_NAMES.filter((name) => !REST.includes(name))],
  ['--check-only', CHECKS],
  ['--rest', REST],
  ['--all', STAGE_NAMES],
  ['--only cluster,unit', ['unit', 'cluster']],
  ['--only unit,conformance,integration', ['unit', 'conformance', 'integration', 'coverage']],
  ['journal', ['integration']],
  ['flux clock', ['unit', 'e2e']],
];

for (const [argv, stages] of STAGES_OF) {
  test(`planRun() of "${argv}" runs ${stages.join(', ')}`, () => {
    assert.deepEqual(namesOf(plan(argv)), stages);
  });
}

test('planRun() runs no stage twice, and none never, in the default and the rest together', () => {
  const both = [...namesOf(plan('')), ...namesOf(plan('--rest'))];

  assert.deepEqual(both, STAGE_NAMES);
});

test('planRun() runs each file once, but for the one that needs Loki', () => {
  const without = FILES.filter((file) => file !== 'test/targets/loki.test.ts');

  assert.deepEqual([...filesOf(plan('--all'))].toSorted(), without.toSorted());
  assert.deepEqual([...filesOf(plan('--all --with-loki'))].toSorted(), FILES.toSorted());
});

test('planRun() knows the stage of each test file of this repository', () => {
  const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
  const files = listFiles(`${root}/test`, ['.test.ts']).map((path) => relative(root, path));

  assert.deepEqual([...filesOf(plan('--all --with-loki', files))].toSorted(), files.toSorted());
});

test('planRun() starts the slowest files of a stage first', () => {
  const names = ['watch', 'modes', 'innocents'].map((name) => `test/cluster/${name}.test.ts`);

  assert.deepEqual(filesOf(plan('--only cluster', names)), [names[0], names[2], names[1]]);
});

test('planRun() names no slow file that is gone', () => {
  const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
  const named = STAGE_NAMES.flatMap((name) => {
    const { work } = STAGES[name];
    return work.kind === 'files' ? (work.files.first ?? []) : [];
  });

  assert.deepEqual(
    named.filter((file) => !existsSync(join(root, file))),
    [],
  );
});

test('planRun() builds each program once, in the order of the stages', () => {
  const programs = (argv: string) => {
    const run = plan(argv);
    return run.status === 'planned' ? run.programs : [];
  };

  assert.deepEqual(programs('--check-only'), []);
  assert.deepEqual(programs(''), [
    'opa',
    'opa-cases',
    'control-plane',
    'helm',
    'kubeconform',
    'promtool',
  ]);
  assert.deepEqual(programs('--rest'), [
    'opa',
    'nats-server',
    'rsyslogd',
    'alertmanager',
    'prometheus',
    'registry',
    'referrers-registry',
    'cosign',
    'fulcio',
    'rekor-server',
    'tesseract',
    'timestamp-server',
    'control-plane',
    'argocd',
    'flux',
    'helm',
    'previous-control-plane',
    'previous-argocd',
    'previous-flux',
  ]);
  assert.deepEqual(programs('--only targets --with-loki loki'), [
    'opa',
    'nats-server',
    'rsyslogd',
    'alertmanager',
    'prometheus',
    'registry',
    'referrers-registry',
    'cosign',
    'fulcio',
    'rekor-server',
    'tesseract',
    'timestamp-server',
    'loki',
  ]);
});

test('planRun() refuses what would run nothing', () => {
  assert.deepEqual(plan('--only unit nothing nowhere'), {
    status: 'refused',
    message: 'The path of a test file of unit must contain nothing or nowhere: found none',
  });
  assert.deepEqual(plan('nothing'), {
    status: 'refused',
    message: 'The path of a test file must contain nothing: found none',
  });
  assert.deepEqual(plan('--with-loki'), {
    status: 'refused',
    message: '--with-loki must go with the stage targets: add --only targets, or --all',
  });
});

test('planRun() refuses a test file that no stage would run', () => {
  assert.deepEqual(plan('', [...FILES, 'test/lost.test.ts']), {
    status: 'refused',
    message:
      'Every test file must belong to a stage: found "test/lost.test.ts", which no stage runs',
  });
});
