/** The documents are true: what is generated is the code's, and what they name exists. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { COMMAND_GROUPS, COMMANDS } from '../src/cli/commands.ts';
import { helpOption, noColorOption } from '../src/cli/global-options.ts';
import { parseConfiguration } from '../src/config/parse-configuration.ts';
import { formatConfigurationProblem } from '../src/config/problem.ts';
import { LIMITS } from '../src/config/limits.ts';
import { describeRemovedKey } from '../src/config/removed-keys.ts';
import {
  BREAKER_CLOSED_CODE,
  BREAKER_OPENED_CODE,
  DRIFT_HEAL_ASKED_CODE,
  DRIFT_HEALED_CODE,
  DRIFT_REVERTED_CODE,
  OBSERVED_CODES,
  PAST_ADMISSION_CODES,
  REGISTRATION_CHANGED_CODE,
  TRUST_LOST_CODE,
} from '../src/audit/audit-record.ts';
import { GAP_CODE } from '../src/delivery/gap-entry.ts';
import { PROBLEM_KINDS } from '../src/authoring/source-problem.ts';
import { ERRORS } from '../src/errors.ts';
import { IMAGE_REJECTION_CODES } from '../src/image/image-failure.ts';
import { RULE_REJECTION_CODES } from '../src/signature/trust/decide-commit.ts';
import { REJECTION_CODES } from '../src/signature/verification.ts';
import { REVISION_REJECTION_CODES } from '../src/source/mirror/mirror-failure.ts';
import { METRICS } from '../src/telemetry/metrics-table.ts';
import {
  listAnchors,
  listCodes,
  listInvocations,
  listKeys,
  listLinks,
  listLoneOptions,
  listMetrics,
  listNpmCommands,
  listPaths,
  listYamlBlocks,
} from './support/docs/claims.ts';
import {
  EXAMPLES_FILE,
  findExample,
  isLeaf,
  listExampleDocuments,
} from './support/docs/configuration-examples.ts';
import { listConfigurationKeys } from './support/docs/configuration-reference.ts';
import { listGeneratedFiles } from './support/docs/reference.ts';

/** What a newcomer reads before deciding to go on. */
const README_LINES_MAX = 200;
const README_BYTES_MAX = 10 * 1024;
/** More than a newcomer reads in one sitting. */
const ARCHITECTURE_LINES_MAX = 200;

/** `npm start` and `holdfast certs` make them; git ignores them. */
const MADE_FILES = /^certs\/(?:tls|ca)\.(?:crt|key)$/u;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'deploy/README.md',
  ...globSync(['docs/**/*.md', 'policies/**/README.md'], { cwd: root }).toSorted(),
];
const FILES = ['LICENSE', 'Dockerfile', '.ci/run'];

const REGO = globSync('policies/**/*.rego', { cwd: root }).map(read).join('\n');
// A finding's code may stand in a variable or a table of the policy.
const CODES = new Set([
  ...Object.keys(ERRORS),
  ...Object.keys(PROBLEM_KINDS),
  GAP_CODE,
  BREAKER_CLOSED_CODE,
  BREAKER_OPENED_CODE,
  ...PAST_ADMISSION_CODES,
  DRIFT_HEAL_ASKED_CODE,
  DRIFT_HEALED_CODE,
  DRIFT_REVERTED_CODE,
  ...OBSERVED_CODES,
  REGISTRATION_CHANGED_CODE,
  TRUST_LOST_CODE,
  ...REJECTION_CODES,
  ...RULE_REJECTION_CODES,
  ...REVISION_REJECTION_CODES,
  ...IMAGE_REJECTION_CODES,
  ...[...REGO.matchAll(/"(?<code>[a-z]+(?:_[a-z]+)+)"/gu)].map(
    ({ groups }) => groups?.['code'] ?? '',
  ),
]);
/** A word that begins like a code and is none is a misspelt or renamed one, unless it is one of these. */
const CODE_PREFIXES = new Set([...CODES].map((code) => code.split('_')[0]));
const OTHER_WORDS = new Set([
  ...globSync('policies/*', { cwd: root }).map((path) => path.replace('policies/', '')),
  ...Object.values(METRICS).flatMap(({ labels }) => labels),
]);
// Fixed limits are named like keys, and cannot be set.
const KEYS = new Set([
  ...listConfigurationKeys().map(({ path }) => path.replaceAll('[]', '')),
  ...Object.keys(LIMITS),
]);
const SECTIONS = [...KEYS].filter((key) => !key.includes('.'));

/** How the history says that a metric has another name now; the new one must exist. */
const OLD_METRIC_NAME = /the metric\s+`holdfast_\w+`\s+is\s+(?=`holdfast_)/gu;

/** The history may name a key that no longer exists, if the configuration still tells what to do instead. */
function isKey(key: string, path: string): boolean {
  const isHistory = path === 'CHANGELOG.md';
  return KEYS.has(key) || (isHistory && describeRemovedKey(key, undefined, '') !== undefined);
}

function read(path: string): string {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function assertNone(faults: readonly string[]): void {
  if (faults.length > 0) assert.fail(`\n${faults.join('\n')}`);
}

for (const path of [...DOCUMENTS, ...FILES]) {
  test(`${path} is there`, () => {
    assert.notEqual(read(path), '');
  });
}

for (const { path, text } of listGeneratedFiles()) {
  test(`${path} is what the code says`, () => {
    if (read(path) === text) return;
    const found = new Set(read(path).split('\n'));
    const wanted = new Set(text.split('\n'));
    assertNone([
      ...[...wanted].filter((line) => !found.has(line)).map((line) => `not in the file: ${line}`),
      ...[...found].filter((line) => !wanted.has(line)).map((line) => `not in the code: ${line}`),
      'run npm run docs:reference',
    ]);
  });
}

for (const path of DOCUMENTS) {
  test(`${path} names npm commands that exist`, () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));

    assertNone(listNpmCommands(read(path)).filter((name) => scripts[name] === undefined));
  });

  test(`${path} names commands and options of holdfast that exist`, () => {
    const invocations = listInvocations(read(path), Object.keys(COMMAND_GROUPS));
    const options = new Set(COMMANDS.flatMap(({ name }) => listOptions(name) ?? []));

    assertNone([
      ...invocations.flatMap(({ command, options: given }) => {
        const known = listOptions(command);
        if (known === undefined) return [`holdfast ${command}`];
        return given
          .filter((option) => !known.includes(option))
          .map((option) => `holdfast ${command} ${option}`);
      }),
      ...listLoneOptions(read(path)).filter((option) => !options.has(option)),
    ]);
  });

  test(`${path} names files that exist, or that Holdfast makes`, () => {
    assertNone(
      listPaths(read(path)).filter(
        (name) => !MADE_FILES.test(name) && !existsSync(join(root, name)),
      ),
    );
  });

  test(`${path} has links that lead somewhere`, () => {
    assertNone(
      listLinks(read(path)).filter((link) => {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : normalize(join(dirname(path), file));
        if (!existsSync(join(root, target))) return true;
        return anchor !== undefined && !listAnchors(read(target)).includes(anchor);
      }),
    );
  });

  test(`${path} names metrics, codes and configuration keys that exist`, () => {
    const document = read(path).replaceAll(OLD_METRIC_NAME, '');
    assertNone([
      ...listMetrics(document).filter((name) => !Object.hasOwn(METRICS, name)),
      ...listCodes(document).filter(
        (code) =>
          CODE_PREFIXES.has(code.split('_')[0]) && !CODES.has(code) && !OTHER_WORDS.has(code),
      ),
      ...listKeys(document, SECTIONS).filter((key) => !isKey(key, path)),
    ]);
  });

  for (const [index, yaml] of listYamlBlocks(read(path)).entries()) {
    test(`${path} shows a valid configuration in its YAML block ${index + 1}`, () => {
      const parsed = parseConfiguration(yaml, { file: path, folder: root });

      assertNone(parsed.ok ? [] : parsed.problems.map(formatConfigurationProblem));
    });
  }
}

/** Every spelling of the command's options; `undefined` where there is no such command. */
function listOptions(command: string): readonly string[] | undefined {
  const definition = COMMANDS.find(({ name }) => name === command);
  if (definition === undefined) return undefined;
  const own = (definition.options ?? []).flatMap(({ name, short }) =>
    short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`],
  );
  return [...own, `--${helpOption.name}`, `--${noColorOption.name}`];
}

test('README.md tells of every npm command that a newcomer needs', () => {
  const named = listNpmCommands(read('README.md'));

  assertNone(
    ['start', 'test', 'sandbox', 'holdfast', 'bench'].filter((name) => !named.includes(name)),
  );
});

test(`README.md has at most ${README_LINES_MAX} lines and ${README_BYTES_MAX} bytes`, () => {
  const text = read('README.md');

  assert.ok(text.trimEnd().split('\n').length <= README_LINES_MAX);
  assert.ok(Buffer.byteLength(text) <= README_BYTES_MAX);
});

test('README.md links to every document', () => {
  const links = new Set(listLinks(read('README.md')).map((link) => link.replace(/#.*$/u, '')));

  assertNone(
    DOCUMENTS.filter(
      (path) =>
        path !== 'README.md' && !links.has(path) && !/^policies\/.+\/README\.md$/u.test(path),
    ),
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

for (const [index, yaml] of listExampleDocuments().entries()) {
  test(`${EXAMPLES_FILE} is a valid configuration in its document ${index + 1}`, () => {
    const parsed = parseConfiguration(yaml, { file: EXAMPLES_FILE, folder: root });

    assertNone(parsed.ok ? [] : parsed.problems.map(formatConfigurationProblem));
  });
}

test('every key of the configuration has an example', () => {
  const keys = listConfigurationKeys().filter(isLeaf);

  assert.ok(keys.length > 400);
  assertNone(
    keys
      .filter((key) => findExample(key) === undefined)
      .map(({ path, type }) => `${path}: ${type}`),
  );
});
