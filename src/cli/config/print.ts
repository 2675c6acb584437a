/** `holdfast config print`. */
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { formatYaml } from '../../base/parse-yaml.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { formatLimits, listLimits } from './format-limits.ts';

/** Prints the effective configuration: the file and every default. */
export const configPrintCommand: CommandDefinition = {
  name: 'config print',
  summary: 'Print the configuration in force, with every default',
  description: 'Secrets are printed as the references that the file holds.',
  arguments: [{ name: 'FILE', summary: configOption.summary }],
  options: [
    { name: 'limits', summary: 'print every limit with its reason instead' },
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'config print', note: 'what is in force here' },
    { line: 'config print --limits', note: 'what is bounded, why, and what happens beyond' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  if (input.flag('limits')) {
    const json = () => JSON.stringify(listLimits(), undefined, 2);
    printAnswer(context, input, { table: formatLimits, json });
    return 'ok';
  }
  const loaded = await requireConfiguration(context, input.arguments[0]);
  if (loaded === undefined) return 'configuration';
  const { configuration } = loaded;
  printAnswer(context, input, {
    table: () => formatYaml(configuration).trimEnd(),
    json: () => JSON.stringify(configuration, undefined, 2),
  });
  return 'ok';
}
