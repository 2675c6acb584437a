/** Runs one planned stage. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { findSharers, withSharedGitOpsCluster } from '../argocd/share-cluster.ts';
import { withSharedCluster } from '../cluster/shared-cluster.ts';
import { compileCacheFolder } from '../compile-cache.ts';
import { COVERAGE_EXCLUSIONS } from './coverage-exclusions.ts';
import { decideCoverage } from './decide-coverage.ts';
import { hasCode } from './has-code.ts';
import { listFiles } from './list-files.ts';
import { measureCoverage } from './measure-coverage.ts';
import type { PlannedStage } from './plan-run.ts';
import { runNodeTests, type FileGroup } from './run-node-tests.ts';
import { runRegoTests } from './run-rego-tests.ts';
import { runTool } from './run-tool.ts';
import { SECURITY_RELEVANT } from './security-relevant.ts';
import { STAGES } from './stages.ts';
import type { FilesWork } from './stages.ts';
import { addResults } from './tally.ts';
import type { StageResult } from './tally.ts';

export interface StageContext {
  readonly root: string;
  /** Where V8 writes what is covered. */
  readonly coverageFolder: string;
  readonly print: (line: string) => void;
  /** Ends the test files that run. */
  readonly signal: AbortSignal;
}

/** Some attacks need a second application, which belongs to somebody else. */
const SPARE_APPLICATIONS = 10;
/** How a file asks for the cluster that the stage shares. */
const SHARES_CLUSTER = /\bjoinOrStartCluster\(/u;

/** The programs that it needs are there. */
export async function runStage(stage: PlannedStage, context: StageContext): Promise<StageResult> {
  const { work, isCovered = false } = STAGES[stage.name];
  const { root, coverageFolder, print } = context;
  setForChildren('NODE_V8_COVERAGE', isCovered ? coverageFolder : undefined);
  // Half the time that a process takes to start; V8 counts less exactly in functions that come from this cache.
  setForChildren('NODE_COMPILE_CACHE', isCovered ? undefined : compileCacheFolder(root));
  switch (work.kind) {
    case 'tool': {
      const tool = { name: stage.name, command: process.execPath, args: work.argv, cwd: root };
      return await runTool(tool, print);
    }
    case 'files':
      return await runFiles(stage.files, work.files, context);
    case 'coverage':
      return await judgeCoverage(context);
    case 'rego':
      return await runRegoTests({ root, folders: work.folders, sources: work.sources, print });
  }
}

/** In child processes and workers too. */
function setForChildren(variable: string, value: string | undefined): void {
  if (value === undefined) delete process.env[variable];
  else process.env[variable] = value;
}

async function runFiles(
  names: readonly string[],
  { atOnce, deadlineMs, shareExcept, cluster = 'own' }: FilesWork,
  { root, print, signal }: StageContext,
): Promise<StageResult> {
  const files = names.map((name) => join(root, name));
  const run = (some: readonly string[]): Promise<StageResult> =>
    runNodeTests(
      groupFiles(
        some,
        shareExcept?.map((name) => join(root, name)),
      ),
      {
        root,
        concurrency: atOnce,
        fileDeadlineMs: deadlineMs,
        print,
        signal,
      },
    );
  switch (cluster) {
    case 'own':
      return await run(files);
    case 'shared':
      return await runShared(files, run);
    case 'gitops':
      return await runAttacks(files, run);
  }
}

/** The files of a folder together, in the place of its first one; each by itself below `except`, and everywhere without it. */
function groupFiles(
  files: readonly string[],
  except: readonly string[] = ['/'],
): readonly FileGroup[] {
  const groups = new Map<string, [string, ...string[]]>();
  for (const file of files) {
    const isAlone = except.some((folder) => file.startsWith(folder));
    const key = isAlone ? file : dirname(file);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return [...groups.values()];
}

type Run = (files: readonly string[]) => Promise<StageResult>;

/** A cluster is a burden on two cores even while nobody asks it: the shared one ends before others start theirs. */
async function runShared(files: readonly string[], run: Run): Promise<StageResult> {
  const sharers = files.filter((file) => SHARES_CLUSTER.test(readFileSync(file, 'utf8')));
  if (sharers.length < 2) return await run(files);
  const others = files.filter((file) => !sharers.includes(file));
  const shared = await withSharedCluster(() => run(sharers));
  return addResults([shared, await run(others)]);
}

/** Dozens of files that start their own cluster would take an hour. */
async function runAttacks(files: readonly string[], run: Run): Promise<StageResult> {
  const sharers = findSharers(files);
  if (sharers.length === 0) return await run(files);
  return await withSharedGitOpsCluster(
    {
      applications: sharers.length + SPARE_APPLICATIONS,
      hasFailed: ({ failures }) => failures.length > 0,
    },
    () => run(files),
  );
}

async function judgeCoverage({ root, coverageFolder, print }: StageContext): Promise<StageResult> {
  const expectedFiles = listFiles(join(root, 'src'), ['.ts'])
    .filter((path) => hasCode(readFileSync(path, 'utf8')))
    .map((path) => relative(root, path));
  const decision = decideCoverage(await measureCoverage(root, coverageFolder), {
    expectedFiles,
    exclusions: COVERAGE_EXCLUSIONS,
    securityRelevant: SECURITY_RELEVANT,
  });
  for (const line of decision.lines) print(line);
  if (decision.ok) return { passed: 1, failures: [], skips: [] };
  // A summary must be enough to see what is not covered.
  return { passed: 0, failures: [`coverage: ${decision.lines.join('\n')}`], skips: [] };
}
