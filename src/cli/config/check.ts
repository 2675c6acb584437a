/** `holdfast config check`. */
import type { LoadedConfiguration, ConfigurationLoad } from '../../config/load.ts';
import {
  formatConfigurationPath,
  formatConfigurationProblem,
  type ConfigurationProblem,
} from '../../config/problem.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, loadFoundConfiguration, reportWarnings } from '../find-configuration.ts';

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
  const loaded = await checkKeyFiles(await loadFoundConfiguration(context, input.arguments[0]));
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
  reportWarnings(context, loaded);
  const subject = loaded.file ?? 'No file: the defaults';
  context.print(`${subject}: ok (sha256 ${loaded.hash.slice(0, 12)})`);
  return 'ok';
}

/** What a serving process would find when it reads the files: that it cannot, or that nobody can sign as a rule wants. */
async function checkKeyFiles(loaded: ConfigurationLoad): Promise<ConfigurationLoad> {
  return await checkImageTrust(await checkCommitTrust(loaded));
}

async function checkImageTrust(loaded: ConfigurationLoad): Promise<ConfigurationLoad> {
  if (!loaded.ok) return loaded;
  const { judgesImages } = await import('../../compose/bind-images.ts');
  if (!judgesImages(loaded.configuration.images)) return loaded;
  const { loadImageTrust } = await import('../../compose/image-trust.ts');
  const { checkTufRoot } = await import('../../compose/tuf-roots.ts');
  try {
    await loadImageTrust(loaded.configuration.images, checkTufRoot);
    return loaded;
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    return refuse([problemOf(loaded, 'images', fault.message)]);
  }
}

async function checkCommitTrust(loaded: ConfigurationLoad): Promise<ConfigurationLoad> {
  if (!loaded.ok || loaded.configuration.commits.rules.length === 0) return loaded;
  const { loadCommitTrust } = await import('../../compose/commit-trust.ts');
  try {
    const { unknownSigners } = await loadCommitTrust(loaded.configuration.commits);
    const problems = unknownSigners.map(({ path, message }) =>
      problemOf(loaded, formatConfigurationPath(['commits', ...path]), message),
    );
    return problems.length === 0 ? loaded : refuse(problems);
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    return refuse([problemOf(loaded, 'commits', fault.message)]);
  }
}

function refuse(problems: readonly ConfigurationProblem[]): ConfigurationLoad {
  return { ok: false, code: 'configuration_invalid', problems };
}

function problemOf(
  { file }: LoadedConfiguration,
  path: string,
  message: string,
): ConfigurationProblem {
  return { file: file ?? 'the defaults', line: 1, column: 1, path, message };
}
