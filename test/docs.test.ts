/** The documents are true: their tables are the code's, and what they name exists. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { COMMAND_GROUPS, COMMANDS } from '../src/cli/commands.ts';
import { parseConfiguration } from '../src/config/parse-configuration.ts';
import { formatConfigurationProblem } from '../src/config/problem.ts';
import { LIMITS } from '../src/config/limits.ts';
import { METRICS } from '../src/telemetry/metrics-table.ts';
import { compareBlocks, readBlock } from './support/docs/blocks.ts';
import {
  listHoldfastCommands,
  listLinkedFiles,
  listNpmCommands,
  listPaths,
  listYamlBlocks,
} from './support/docs/claims.ts';
import { listBlocks } from './support/docs/tables.ts';

/** More than a newcomer reads in one sitting. */
const ARCHITECTURE_LINES_MAX = 200;
const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'docs/testing.md',
];
const FILES = [...DOCUMENTS, 'LICENSE', 'Dockerfile', '.ci/run'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function read(path: string): string {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function assertNone(faults: readonly string[]): void {
  if (faults.length > 0) assert.fail(`\n${faults.join('\n')}`);
}

for (const path of FILES) {
  test(`${path} is there`, () => {
    assert.notEqual(read(path), '');
  });
}

for (const block of listBlocks()) {
  test(`the table of ${block.name} in README.md is the code's`, () => {
    assertNone(compareBlocks(readBlock(read('README.md'), block.name), block));
  });
}

for (const path of DOCUMENTS) {
  test(`${path} names npm commands that exist`, () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));

    assertNone(listNpmCommands(read(path)).filter((name) => scripts[name] === undefined));
  });

  test(`${path} names commands of holdfast that exist`, () => {
    const known = new Set(COMMANDS.map(({ name }) => name));
    const named = listHoldfastCommands(read(path), Object.keys(COMMAND_GROUPS));

    assertNone(named.filter((name) => !known.has(name)));
  });

  test(`${path} names files that exist`, () => {
    const named = [...listPaths(read(path)), ...listLinkedFiles(read(path))];

    assertNone(named.filter((name) => !existsSync(join(root, name))));
  });
}

test('README.md tells of every npm command that a newcomer needs', () => {
  const named = listNpmCommands(read('README.md'));

  assertNone(
    ['start', 'test', 'sandbox', 'holdfast', 'bench'].filter((name) => !named.includes(name)),
  );
});

test(`ARCHITECTURE.md has at most ${ARCHITECTURE_LINES_MAX} lines`, () => {
  const lines = read('ARCHITECTURE.md').trimEnd().split('\n').length;

  assert.ok(lines <= ARCHITECTURE_LINES_MAX, `it has ${lines}`);
});

test('every top-level folder of src is in the code map of ARCHITECTURE.md', () => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/${name}/`);
  const named = read('ARCHITECTURE.md');

  assertNone(folders.filter((folder) => !named.includes(folder)));
});

test('every limit names a metric of the metrics table, or none', () => {
  const named = Object.values(LIMITS).map(({ metric }) => metric);

  assertNone(named.filter((metric) => metric !== 'none' && !Object.hasOwn(METRICS, metric)));
});

for (const path of DOCUMENTS) {
  for (const [index, yaml] of listYamlBlocks(read(path)).entries()) {
    test(`${path} shows a valid configuration in its YAML block ${index + 1}`, () => {
      const parsed = parseConfiguration(yaml, { file: path, folder: root });

      assertNone(parsed.ok ? [] : parsed.problems.map(formatConfigurationProblem));
    });
  }
}
