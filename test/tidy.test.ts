/**
 * The repository keeps its own rules. Limits only ever go down.
 *
 * The rules themselves live in support/tidy and are tested there with bad samples, so that a rule that cannot fail is noticed.
 */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findBanned } from './support/tidy/banned.ts';
import { BANS } from './support/tidy/bans.ts';
import { COVERED_ELSEWHERE } from './support/tidy/covered-elsewhere.ts';
import {
  findBadNames,
  findDeadFixtures,
  findHeavyFiles,
  findTopLevelArrows,
  findUndocumentedExports,
} from './support/tidy/form.ts';
import { findCircularImports, findForbiddenReach } from './support/tidy/import-graph.ts';
import { findLayerViolations, findSharedLibraries } from './support/tidy/layers.ts';
import type { LayerTable } from './support/tidy/layers.ts';
import { findLooseLimits } from './support/tidy/loose-limits.ts';
import { findMirrorViolations } from './support/tidy/mirrors.ts';
import { findImpurities } from './support/tidy/purity.ts';
import { findRestrictedImports } from './support/tidy/restricted-imports.ts';
import { findRetiredWords, RETIRED_WORDS } from './support/tidy/retired-words.ts';
import { countCodeLines, findLongFiles, findLongFunctions } from './support/tidy/sizes.ts';
import { listRepositoryFiles, readSourceFiles, readTextFiles } from './support/tidy/source-file.ts';

/** What a reader can hold in mind; comments are free, so that none is dropped to fit. */
const FILE_CODE_LINES_MAX = 400;
/** Most files are one concept on one or two screens. */
const FILE_CODE_LINES_MEDIAN_MAX = 100;
/** One screen. */
const FUNCTION_LINES_MAX = 70;
/** Git keeps every version of a file for ever; the largest recording is well below. */
const FILE_BYTES_MAX = 1024 * 1024;

const FEATURES = [
  'policy',
  'identity',
  'ownership',
  'source',
  'signature',
  'image',
  'plaintext',
  'freeze',
  'tuf',
  'audit',
  'registration',
  'certificates',
];

/** What follows the journal: it may name records and entries, and is never called by what writes them. */
const JOURNAL_READERS = ['sinks', 'alerting'];

/** Imports point one way, from the bottom up. */
const LAYERS: LayerTable = {
  layers: [
    ['base'],
    ['settings'],
    ['errors', 'telemetry'],
    ['kubernetes', 'verdict'],
    FEATURES,
    ['delivery'],
    JOURNAL_READERS,
    ['admission'],
    ['server', 'drift', 'dashboard', 'capture'],
    ['config'],
    ['compose'],
    ['authoring'],
    ['cli'],
    ['main'],
  ],
  features: [...FEATURES, 'delivery', ...JOURNAL_READERS],
  typeExceptions: {},
};

/** Packages that are a vocabulary rather than a part, and so have no wrapper. */
const SHARED_LIBRARIES: Readonly<Record<string, string>> = {
  zod: 'each outside format has its own schema file',
};

/** Generated files and tables, each with its reason. */
const LONG_FILES: Readonly<Record<string, string>> = {
  'src/errors.ts': 'the one table of errors: splitting it would hide a duplicate',
  'test/support/tidy/covered-elsewhere.ts': 'one table, of two lines an entry',
};

/** Where people read our words: code, comments, tests, policies and documents; not where the words are retired. */
const READ_BY_PEOPLE =
  /^(?:src|test(?!\/support\/tidy\/retired-words|\/fixtures)|policies|docs|deploy)\/|^[^/]+\.md$/;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const repositoryFiles = listRepositoryFiles(root);
const files = readSourceFiles(root, repositoryFiles);
const sources = files.filter(({ path }) => path.startsWith('src/'));

function assertNone(violations: readonly string[]): void {
  if (violations.length > 0) assert.fail(`\n${violations.join('\n')}`);
}

test('imports point one way', () => {
  assertNone(findLayerViolations(files, LAYERS));
});

test('no import is circular', () => {
  assertNone(findCircularImports(files));
});

test('a command loads the verifiers of signatures only when it runs', () => {
  assertNone(
    findForbiddenReach(files, {
      main: 'src/cli/run-command-line.ts',
      afterwards: 'src/base/young-generation.ts',
      isForbidden: (module) => /^src\/(?:signature|tuf)\/.*library\.ts$/.test(module),
      remedy: 'every process would keep their libraries in memory: load them with await import(…)',
    }),
  );
});

test('the library of traces is loaded only where they are configured', () => {
  for (const main of ['src/compose/service.ts', 'src/compose/delivery-thread.ts']) {
    assertNone(
      findForbiddenReach(files, {
        main,
        afterwards: 'src/compose/trace-runtime.ts',
        isForbidden: (module) => module === 'src/telemetry/tracing/opentelemetry-traces.ts',
        remedy: 'every process would load it: import it with await import(…) in bind-traces.ts',
      }),
    );
  }
});

test('the library that makes certificates is loaded only where Holdfast makes them', () => {
  for (const main of ['src/cli/run-command-line.ts', 'src/compose/service.ts']) {
    assertNone(
      findForbiddenReach(files, {
        main,
        afterwards: 'src/base/young-generation.ts',
        isForbidden: (module) => module === 'src/certificates/issue-certificate.ts',
        remedy: 'every process would keep it in memory: load it with await import(…)',
      }),
    );
  }
});

test('a serving process never compiles, and starts programs in the commit thread alone', () => {
  assertNone(
    findForbiddenReach(files, {
      main: 'src/cli/run-command-line.ts',
      // Threads are files of their own, which the process starts by their URL. That of commits has to run git; what reaches it by
      // an import would run git beside admission.
      afterwards: 'src/cli/service/serve.ts',
      isForbidden: (module) =>
        module.startsWith('src/authoring/') ||
        module === 'src/compose/commit-thread.ts' ||
        /^node:(?:child_process|cluster)$/.test(module),
      remedy:
        'a serving process takes a built bundle, and starts git in src/compose/commit-thread.ts',
    }),
  );
});

test('only verifiers build the verdict that something is verified', () => {
  assertNone(
    findRestrictedImports(files, [
      {
        module: 'src/signature/verification.ts',
        name: 'verifiedBy',
        importers: /^src\/signature\/[a-z0-9]+\/verify-[a-z0-9-]+\.ts$/,
        instead: 'return what a verifier concludes; what was merely found has another type',
      },
    ]),
  );
});

test('nothing that serves can write to a registry', () => {
  const module = 'src/image/registry/registry-uploader.ts';
  assertNone(
    findRestrictedImports(files, [
      {
        module,
        name: 'RegistryUploader',
        importers: /^src\/compose\/open-uploader\.ts$/,
        instead: 'read by registry-client.ts; only the command that pushes bundles writes',
      },
    ]),
  );
  for (const main of [
    'src/compose/service.ts',
    'src/compose/image-thread.ts',
    'src/compose/commit-thread.ts',
    'src/compose/delivery-thread.ts',
  ]) {
    assertNone(
      findForbiddenReach(files, {
        main,
        afterwards: main,
        isForbidden: (path) => path === module,
        remedy: 'whoever takes over a process that verifies could change what it verifies',
      }),
    );
  }
});

test('each third-party library has one importer', () => {
  assertNone(findSharedLibraries(files, SHARED_LIBRARIES));
});

test('pure files have no clock, randomness, environment or I/O', () => {
  assertNone(findImpurities(files));
});

test('files are short', () => {
  assertNone(findLongFiles(files, { codeLinesMax: FILE_CODE_LINES_MAX, exemptions: LONG_FILES }));
});

test('the median source file is short', () => {
  const lines = sources.map(({ code }) => countCodeLines(code)).toSorted((a, b) => a - b);

  const median = lines[Math.floor(lines.length / 2)] ?? 0;

  assert.ok(median <= FILE_CODE_LINES_MEDIAN_MAX, `the median is ${median} code lines`);
});

test('functions are short', () => {
  const checked = files.filter(({ path }) => !path.endsWith('.test.ts'));

  assertNone(findLongFunctions(checked, FUNCTION_LINES_MAX));
});

test('tests mirror the sources', () => {
  assertNone(findMirrorViolations(files, COVERED_ELSEWHERE));
});

test('nothing banned is used', () => {
  assertNone(findBanned(files, BANS));
});

test('no retired word comes back', () => {
  const texts = readTextFiles(root, repositoryFiles, READ_BY_PEOPLE);

  assertNone(findRetiredWords(texts, RETIRED_WORDS));
});

test('file names say what is inside', () => {
  assertNone(findBadNames(files));
});

test('every export says what it is for', () => {
  assertNone(findUndocumentedExports(files));
});

test('top-level functions are declarations', () => {
  assertNone(findTopLevelArrows(sources));
});

test('a number with a unit is a row in the table of limits, or says why not', () => {
  assertNone(findLooseLimits(files));
});

test('no file is heavy', () => {
  assertNone(findHeavyFiles(repositoryFiles, FILE_BYTES_MAX));
});

test('every fixture is used', () => {
  assertNone(findDeadFixtures(repositoryFiles, files));
});
