/** `holdfast config check` and `holdfast config print`. */
import { formatYaml } from '../../config/parse-yaml.ts';
import { formatConfigurationProblem } from '../../config/problem.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import {
  configOption,
  loadFoundConfiguration,
  requireConfiguration,
} from '../find-configuration.ts';
import { formatLimits, listLimits } from './format-limits.ts';

const fileArgument = { name: 'FILE', summary: configOption.summary };
const jsonOption = { name: 'json', summary: 'print one JSON object' };

/** Prints every problem with its place; ends with `configuration` where there is one. */
export const configCheckCommand: CommandDefinition = {
  name: 'config check',
  summary: 'Say what is wrong with a configuration, and where',
  arguments: [fileArgument],
  options: [jsonOption],
  examples: [
    {
      line: 'config check deploy/holdfast.yaml',
      note: 'every problem, as a compiler would print it',
    },
  ],
  run: check,
};

/** Prints what is in force: the file and every default. */
export const configPrintCommand: CommandDefinition = {
  name: 'config print',
  summary: 'Print the configuration in force, with every default',
  description: 'Secrets are printed as the references that the file holds.',
  arguments: [fileArgument],
  options: [
    { name: 'limits', summary: 'print every limit with its reason instead' },
    { ...jsonOption, summary: 'print JSON instead of YAML' },
  ],
  examples: [
    { line: 'config print', note: 'what is in force here' },
    { line: 'config print --limits', note: 'what is bounded, why, and what happens beyond' },
  ],
  run: print,
};

async function check(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const loaded = await loadFoundConfiguration(context, input.arguments[0]);
  if (input.flag('json')) {
    context.print(
      JSON.stringify(
        loaded.ok
          ? { ok: true, hash: loaded.hash, problems: [], warnings: loaded.warnings }
          : { ok: false, problems: loaded.problems, warnings: [] },
      ),
    );
    return loaded.ok ? 'ok' : 'configuration';
  }
  if (!loaded.ok) {
    for (const problem of loaded.problems) context.report(formatConfigurationProblem(problem));
    const count = loaded.problems.length;
    context.report(`${count} ${count === 1 ? 'problem' : 'problems'}`);
    return 'configuration';
  }
  for (const warning of loaded.warnings) {
    context.report(`warning: ${formatConfigurationProblem(warning)}`);
  }
  const subject = loaded.file ?? 'No file: the defaults';
  context.print(`${subject}: ok (sha256 ${loaded.hash.slice(0, 12)})`);
  return 'ok';
}

async function print(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const asJson = input.flag('json');
  if (input.flag('limits')) {
    context.print(asJson ? JSON.stringify(listLimits(), undefined, 2) : formatLimits());
    return 'ok';
  }
  const loaded = await requireConfiguration(context, input.arguments[0]);
  if (loaded === undefined) return 'configuration';
  context.print(
    asJson
      ? JSON.stringify(loaded.configuration, undefined, 2)
      : formatYaml(loaded.configuration).trimEnd(),
  );
  return 'ok';
}
