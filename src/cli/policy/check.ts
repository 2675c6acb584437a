/** `holdfast policy check`. */
import { resolve } from 'node:path';
import type { SourceProblem } from '../../authoring/source-problem.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { formatCount } from '../format-count.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { sourcesArgument, sourcesOf } from './sources-argument.ts';

/** Prints every problem of a folder of policies, with its place, its code and what to do. */
export const policyCheckCommand: CommandDefinition = {
  name: 'policy check',
  summary: 'Find every problem of a folder of Rego policies',
  description:
    'Reports what a build refuses, and besides: types, unknown built-in functions, matches that no request meets, codes and\n' +
    'messages that read badly, denials without a remedy, files that are not formatted. Needs OPA as holdfast policy build does.',
  arguments: [sourcesArgument],
  options: [outputOption(['table', 'json', 'yaml'])],
  examples: [
    { line: 'policy check', note: 'the folder "policies"' },
    { line: 'policy check policies -o json', note: 'for an editor or a pipeline' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const { cacheFolder } = await import('../../base/cache-folder.ts');
  const { checkPolicies } = await import('../../authoring/check-policies.ts');
  const { ensureOpa } = await import('../../authoring/opa-binary.ts');
  const { remedyOf } = await import('../../authoring/source-problem.ts');
  const { environment, workingDirectory, report: progress } = context;
  const sources = sourcesOf(input);
  const opa = await ensureOpa({ cacheFolder: cacheFolder(environment), environment, progress });
  const { policies, problems } = await checkPolicies({
    sourceFolder: resolve(workingDirectory, sources),
    opaPath: opa.path,
  });
  printAnswer(context, input, {
    table: () => formatProblems(problems, { policies, sources, remedyOf }),
    json: () =>
      JSON.stringify({
        policies,
        problems: problems.map((problem) => ({ ...problem, remedy: remedyOf(problem) })),
      }),
  });
  return problems.length === 0 ? 'ok' : 'failed';
}

interface Shown {
  readonly policies: readonly string[];
  readonly sources: string;
  readonly remedyOf: (problem: SourceProblem) => string;
}

function formatProblems(
  problems: readonly SourceProblem[],
  { policies, sources, remedyOf }: Shown,
): string {
  const lines = problems.flatMap((problem) => {
    const { file, row, code, text } = problem;
    const place = row === undefined ? file : `${file}:${String(row)}`;
    return [`${sources}/${place}: ${text} (${code})`, `  ${remedyOf(problem)}`];
  });
  const counts = [
    formatCount(policies.length, 'policy', 'policies'),
    formatCount(problems.length, 'problem', 'problems'),
  ];
  return [...lines, counts.join(', ')].join('\n');
}
