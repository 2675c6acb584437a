/**
 * The one command behind `npm test`: every check, every test, one number at the end.
 *
 * Stages run one after the other, and what they need is built beside them. Nothing stops at the first failure.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALLOWED_SKIPS } from './support/runner/allowed-skips.ts';
import { startBuilds } from './support/runner/background-builds.ts';
import type { BackgroundBuilds, Wait } from './support/runner/background-builds.ts';
import { decideSkips } from './support/runner/decide-skips.ts';
import { formatTimes } from './support/runner/format-times.ts';
import type { StageTime } from './support/runner/format-times.ts';
import { listFiles } from './support/runner/list-files.ts';
import { parseOptions } from './support/runner/parse-options.ts';
import { planRun } from './support/runner/plan-run.ts';
import type { PlannedStage } from './support/runner/plan-run.ts';
import { runStage } from './support/runner/run-stage.ts';
import { addResults, EMPTY_RESULT, formatCounts, formatSummary } from './support/runner/tally.ts';
import type { StageResult } from './support/runner/tally.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** One for each run: two runs in one clone must not count what the other covers. */
const coverageFolder = join(root, 'coverage', `raw-${process.pid}`);
const BUILD_PROCESS = join(root, 'test', 'support', 'assets', 'build-process.ts');

/** Whoever ends the run ends its test files too, and the clusters that they started. */
const interruption = new AbortController();

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runGuarded(stage: PlannedStage): Promise<StageResult> {
  try {
    const result = await runStage(stage, {
      root,
      coverageFolder,
      print,
      signal: interruption.signal,
    });
    return decideSkips(result, { allowed: ALLOWED_SKIPS, platform: process.platform });
  } catch (error) {
    return fail(stage, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

function fail({ name }: PlannedStage, reason: string): StageResult {
  print(`FAILED ${name}: ${reason}`);
  return { ...EMPTY_RESULT, failures: [name] };
}

async function runPrepared(
  stage: PlannedStage,
  builds: BackgroundBuilds,
): Promise<{ readonly result: StageResult; readonly time: StageTime }> {
  const { name } = stage;
  let waits: readonly Wait[] = [];
  let startedMs = performance.now();
  let result: StageResult;
  try {
    waits = await builds.wait(stage.needs);
    startedMs = performance.now();
    result = await runGuarded(stage);
  } catch (error) {
    result = fail(stage, error instanceof Error ? error.message : String(error));
  }
  return { result, time: { name, tookMs: performance.now() - startedMs, waits } };
}

async function runStages(
  stages: readonly PlannedStage[],
  builds: BackgroundBuilds,
): Promise<StageResult> {
  mkdirSync(coverageFolder, { recursive: true });
  const results: StageResult[] = [];
  const times: StageTime[] = [];
  for (const stage of stages) {
    if (interruption.signal.aborted) break;
    print(`\n── ${stage.name} ${'─'.repeat(60 - stage.name.length)}`);
    const { result, time } = await runPrepared(stage, builds);
    print(`${formatCounts(result)} in ${(time.tookMs / 1000).toFixed(1)} s`);
    results.push(result);
    times.push(time);
  }
  print('');
  for (const line of formatTimes(times, builds.builds())) print(line);
  if (interruption.signal.aborted) results.push({ ...EMPTY_RESULT, failures: ['interrupted'] });
  return addResults(results);
}

function refuse(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const parsed = parseOptions(process.argv.slice(2));
  if (parsed.status === 'refused') return refuse(parsed.message);
  const testFiles = listFiles(join(root, 'test'), ['.test.ts']).map((path) => relative(root, path));
  const plan = planRun(parsed.options, testFiles);
  if (plan.status === 'refused') return refuse(plan.message);
  const builds = startBuilds(plan.programs, { module: BUILD_PROCESS, print });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      interruption.abort(new Error(`The run was ended by ${signal}`));
      builds.stop();
    });
  }
  const result = await runStages(plan.stages, builds);
  builds.stop();
  rmSync(coverageFolder, { recursive: true, force: true });
  print('');
  process.stdout.write(formatSummary(result));
  process.exitCode = result.failures.length === 0 && result.passed > 0 ? 0 : 1;
}

await main();
