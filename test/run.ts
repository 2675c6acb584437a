/**
 * The one command behind `npm test`: every check, every test, one number at the end.
 *
 * Stages run one after the other, cheap ones first. Each prints a header and its time; nothing stops at the first failure.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../src/base/cache-folder.ts';
import { prepareAssets } from './support/assets/assets.ts';
import type { AssetsOptions } from './support/assets/assets.ts';
import { prepareArgoCdAssets, prepareFluxAssets } from './support/assets/gitops.ts';
import { findSharers, withSharedCluster } from './support/argocd/share-cluster.ts';
import { prepareSinkTargets } from './support/assets/sink-targets.ts';
import { decideCoverage } from './support/runner/decide-coverage.ts';
import { hasCode } from './support/runner/has-code.ts';
import { listFiles } from './support/runner/list-files.ts';
import { measureCoverage } from './support/runner/measure-coverage.ts';
import { isClusterStage, isCovered, parseOptions } from './support/runner/parse-options.ts';
import type { RunOptions, StageName } from './support/runner/parse-options.ts';
import { runNodeTests } from './support/runner/run-node-tests.ts';
import { runRegoTests } from './support/runner/run-rego-tests.ts';
import { runTool } from './support/runner/run-tool.ts';
import { addResults, EMPTY_RESULT, formatCounts, formatSummary } from './support/runner/tally.ts';
import type { StageResult } from './support/runner/tally.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const coverageFolder = join(root, 'coverage', 'raw');

/** Two cores are what the smallest build machine has. */
const FILES_AT_ONCE = 2;
/** The slowest unit file compiles policies with OPA; the slowest cluster file starts several API servers. */
const UNIT_FILE_DEADLINE_MS = 2 * 60_000;
const CLUSTER_FILE_DEADLINE_MS = 10 * 60_000;
/** Some attacks need a second application, which belongs to somebody else. */
const SPARE_APPLICATIONS = 10;

/** Files of src that coverage does not judge, each with its reason. */
const COVERAGE_EXCLUSIONS: Readonly<Record<string, string>> = {
  'src/launch.mjs': 'runs before Node 24 and the tools are there; its test runs it as a process',
  'src/main.ts':
    'eleven lines that start the program; what a broken output does cannot be seen from inside',
  'src/audit/journal/checkpoint-thread.ts':
    'a thread writes no coverage; what it calls is tested outside of it, and the journal through it',
  'src/audit/journal/writer-thread.ts':
    'a thread writes no coverage; what it calls is tested outside of it, and the journal through it',
  'src/compose/delivery-thread.ts':
    'a thread writes no coverage; what it starts is tested outside of it, and the thread through its supervisor',
  'src/policy/worker.ts':
    'a thread that is ended writes no coverage; the pool is tested through it',
  'src/policy/worker-loop.ts':
    'a thread that is ended writes no coverage; the pool is tested through it',
};

/** Folders with Rego tests. */
const REGO_FOLDERS = ['policies'];

/** Folders with Rego, each a bundle of its own. */
const REGO_SOURCES = [
  'policies',
  'test/bench/policies',
  'test/bench/policies-runaway',
  'test/fixtures/policies/judging',
  'test/fixtures/policies/successor',
];

/** Attacks on what lies on disk need no cluster, and cover what verifies it: they run where coverage is counted. */
const OFFLINE_ATTACKS = [
  'test/attack/journal-tampering.test.ts',
  'test/attack/journal-tampering-heads.test.ts',
];

/** What each stage that runs test files runs. */
const STAGE_FILES: Readonly<Partial<Record<StageName, readonly string[]>>> = {
  tidy: ['test/tidy.test.ts', 'test/support/tidy'],
  docs: ['test/docs.test.ts', 'test/support/docs'],
  unit: ['test/unit', 'test/support'],
  conformance: ['test/conformance'],
  integration: ['test/integration', ...OFFLINE_ATTACKS],
  cluster: ['test/cluster'],
  attack: ['test/attack'],
  e2e: ['test/e2e'],
};

/** Tests that send records to real programs, which are built or installed first. */
const SINK_FILE = /integration\/sink-/;

/** Programs that count as one test each. */
const STAGE_TOOLS: Readonly<Partial<Record<StageName, readonly string[]>>> = {
  types: ['node_modules/typescript/bin/tsc', '-p', '.'],
  lint: ['node_modules/oxlint/bin/oxlint', '--deny-warnings', '--format=unix'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
  'dead-code': ['node_modules/knip/bin/knip.js', '--no-progress'],
};

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runStage(stage: StageName, options: RunOptions): Promise<StageResult> {
  // V8 writes coverage wherever this variable is set, in child processes and workers too.
  if (isCovered(stage)) process.env['NODE_V8_COVERAGE'] = coverageFolder;
  else delete process.env['NODE_V8_COVERAGE'];
  const tool = STAGE_TOOLS[stage];
  if (tool !== undefined) {
    return await runTool({ name: stage, command: process.execPath, args: tool, cwd: root }, print);
  }
  if (stage === 'coverage') return await judgeCoverage();
  if (stage === 'rego') {
    return await runRegoTests({ root, folders: REGO_FOLDERS, sources: REGO_SOURCES, print });
  }
  const files = findTestFiles(stage, options.filters);
  if (isClusterStage(stage) && files.length > 0) return await runClusterFiles(stage, files);
  if (files.some((path) => SINK_FILE.test(path))) await prepareSinkTargets(print);
  return await runFiles(stage, files);
}

function findTestFiles(stage: StageName, filters: readonly string[]): readonly string[] {
  const paths = (STAGE_FILES[stage] ?? []).flatMap((path) => {
    const absolute = join(root, path);
    if (path.endsWith('.test.ts')) return existsSync(absolute) ? [absolute] : [];
    return listFiles(absolute, ['.test.ts']);
  });
  // The rules of tidy and docs run with their own stage.
  const own = paths.filter((path) => belongsTo(stage, path));
  if (filters.length === 0) return own;
  return own.filter((path) => filters.some((filter) => relative(root, path).includes(filter)));
}

function belongsTo(stage: StageName, path: string): boolean {
  if (stage === 'unit') return !isCheckRule(path);
  return stage !== 'attack' || !OFFLINE_ATTACKS.includes(relative(root, path));
}

function isCheckRule(path: string): boolean {
  return /^test\/support\/(?:tidy|docs)\//.test(relative(root, path));
}

async function runClusterFiles(stage: StageName, files: readonly string[]): Promise<StageResult> {
  const options = { cacheFolder: cacheFolder(), print };
  if (stage === 'attack') return await runAttacks(files, options);
  await prepareAssets(options);
  if (stage === 'e2e') {
    await prepareArgoCdAssets(options);
    await prepareFluxAssets(options);
  }
  return await runFiles(stage, files);
}

/** The attacks share one cluster, with an application for each: dozens of files that start their own would take an hour. */
async function runAttacks(files: readonly string[], options: AssetsOptions): Promise<StageResult> {
  const sharers = findSharers(files);
  if (sharers.length === 0) return await runFiles('attack', files);
  await prepareAssets(options);
  await prepareArgoCdAssets(options);
  return await withSharedCluster(
    {
      applications: sharers.length + SPARE_APPLICATIONS,
      hasFailed: ({ failures }) => failures.length > 0,
    },
    () => runFiles('attack', files),
  );
}

function runFiles(stage: StageName, files: readonly string[]): Promise<StageResult> {
  const ownsCluster = stage === 'cluster' || stage === 'e2e';
  return runNodeTests(files, {
    root,
    concurrency: ownsCluster ? 1 : FILES_AT_ONCE,
    fileDeadlineMs: isClusterStage(stage) ? CLUSTER_FILE_DEADLINE_MS : UNIT_FILE_DEADLINE_MS,
    print,
  });
}

async function judgeCoverage(): Promise<StageResult> {
  const expectedFiles = listFiles(join(root, 'src'), ['.ts'])
    .filter((path) => hasCode(readFileSync(path, 'utf8')))
    .map((path) => relative(root, path));
  const decision = decideCoverage(await measureCoverage(root, coverageFolder), {
    expectedFiles,
    exclusions: COVERAGE_EXCLUSIONS,
  });
  for (const line of decision.lines) print(line);
  if (decision.ok) return { passed: 1, failures: [], skips: [] };
  return { passed: 0, failures: ['coverage'], skips: [] };
}

async function runGuarded(stage: StageName, options: RunOptions): Promise<StageResult> {
  try {
    return await runStage(stage, options);
  } catch (error) {
    print(
      `FAILED ${stage}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return { ...EMPTY_RESULT, failures: [stage] };
  }
}

async function runStages(options: RunOptions): Promise<StageResult> {
  rmSync(coverageFolder, { recursive: true, force: true });
  mkdirSync(coverageFolder, { recursive: true });
  const results: StageResult[] = [];
  for (const stage of options.stages) {
    print(`\n── ${stage} ${'─'.repeat(60 - stage.length)}`);
    const startedMs = performance.now();
    const result = await runGuarded(stage, options);
    print(`${formatCounts(result)} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    results.push(result);
  }
  return addResults(results);
}

async function main(): Promise<void> {
  const parsed = parseOptions(process.argv.slice(2));
  if (parsed.status === 'refused') {
    process.stderr.write(`${parsed.message}\n`);
    process.exitCode = 2;
    return;
  }
  const result = await runStages(parsed.options);
  print('');
  process.stdout.write(formatSummary(result));
  process.exitCode = result.failures.length === 0 && result.passed > 0 ? 0 : 1;
}

await main();
