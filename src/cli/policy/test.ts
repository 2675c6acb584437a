/** `holdfast policy test`. */
import { watch } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { TestedPolicies } from '../../authoring/testing/test-policies.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { formatProblem } from '../format-problem.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { formatTested } from './format-tested.ts';
import { sourcesArgument, sourcesOf } from './sources-argument.ts';

/** Runs every test of a folder of policies. */
export const policyTestCommand: CommandDefinition = {
  name: 'policy test',
  summary: 'Run the tests of a folder of Rego policies',
  description: [
    'Runs NAME/*_test.rego with opa test, and the same tests compiled to WebAssembly in the host that judges requests, so that a',
    'difference between the two is seen. Then the path of the webhook judges the recorded reviews of NAME/reviews/*.yaml, each with',
    'the decision that is expected of it. Ends with 1 if a test fails, or if less is covered than --coverage-min asks for.',
  ].join('\n'),
  arguments: [sourcesArgument],
  options: [
    { name: 'coverage', summary: 'also tell how much of each file its Rego tests reach' },
    { name: 'coverage-min', value: 'PERCENT', summary: 'fail where a file is covered less' },
    { name: 'watch', summary: 'run again whenever a file of the folder changes' },
    outputOption(['table', 'json', 'yaml', 'junit']),
  ],
  examples: [
    { line: 'policy test --watch', note: 'while you write' },
    { line: 'policy test policies --coverage-min 90 -o junit', note: 'in a pipeline' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const coverageMin = readPercent(input.text('coverage-min'));
  const folder = resolve(context.workingDirectory, sourcesOf(input));
  if (!input.flag('watch')) return runOnce(context, input, { folder, coverageMin });
  const signal = context.stopSignal();
  for (;;) {
    // Watched before the run, so that no change during it is missed.
    const changes = watch(folder, { recursive: true, signal });
    await runWatched(context, input, { folder, coverageMin });
    try {
      for await (const _change of changes) break;
    } catch (fault) {
      if (signal.aborted) return 'ok';
      throw fault;
    }
    if (signal.aborted) return 'ok';
  }
}

interface RunOptions {
  readonly folder: string;
  readonly coverageMin: number | undefined;
}

function readPercent(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const percent = Number(text);
  if (text.trim() !== '' && percent >= 0 && percent <= 100) return percent;
  throw new HoldfastError(
    'argument_invalid',
    `--coverage-min wants a percentage from 0 to 100, found "${text}"`,
  );
}

/** What does not compile while somebody writes is no reason to stop watching. */
async function runWatched(
  context: CommandContext,
  input: CommandInput,
  options: RunOptions,
): Promise<void> {
  try {
    await runOnce(context, input, options);
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    context.report(formatProblem(fault.message, fault.remedy ?? 'See holdfast policy check'));
  }
}

async function runOnce(
  context: CommandContext,
  input: CommandInput,
  { folder, coverageMin }: RunOptions,
): Promise<ExitStatus> {
  const { cacheFolder } = await import('../../base/cache-folder.ts');
  const { testPolicies } = await import('../../authoring/testing/test-policies.ts');
  const { formatJunit } = await import('../../authoring/testing/format-junit.ts');
  const { environment, report } = context;
  const tested = await testPolicies({
    sourceFolder: folder,
    environment,
    cacheFolder: cacheFolder(environment),
    progress: context.showsProgress ? report : () => undefined,
    measuresCoverage: input.flag('coverage') || coverageMin !== undefined,
  });
  const shown = { ...tested, sources: sourcesOf(input), coverageMin };
  printAnswer(context, input, {
    table: () => formatTested(shown),
    json: () => JSON.stringify(tested),
    junit: () => formatJunit(tested.results),
  });
  return isPassed(tested, coverageMin) ? 'ok' : 'failed';
}

function isPassed({ results, coverage }: TestedPolicies, coverageMin = 0): boolean {
  const isCovered = coverage.every(({ percent }) => percent >= coverageMin);
  return results.every(({ status }) => status !== 'failed') && isCovered;
}
