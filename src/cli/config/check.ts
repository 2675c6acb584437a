/** `holdfast config check`. */
import { formatConfigurationProblem } from '../../config/problem.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, loadFoundConfiguration } from '../find-configuration.ts';

/** Prints every problem with its place; ends with `configuration` if there is one. */
export const configCheckCommand: CommandDefinition = {
  name: 'config check',
  summary: 'Say what is wrong with a configuration, and where',
  arguments: [{ name: 'FILE', summary: configOption.summary }],
  options: [{ name: 'json', summary: 'print one JSON object' }],
  examples: [
    {
      line: 'config check deploy/holdfast.yaml',
      note: 'every problem, as a compiler would print it',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
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
