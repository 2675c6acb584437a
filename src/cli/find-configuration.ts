/** Finds and reads the configuration of a command, and reports problems like a compiler. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import {
  loadConfiguration,
  loadDefaults,
  type ConfigurationLoad,
  type LoadedConfiguration,
} from '../config/load.ts';
import { formatConfigurationProblem } from '../config/problem.ts';
import type { CommandContext, OptionDefinition } from './command.ts';

/** The file in the working directory that is used if no file is named. */
export const CONFIGURATION_FILE = 'holdfast.yaml';

/** For every command that reads the configuration. */
export const configOption: OptionDefinition = {
  name: 'config',
  value: 'FILE',
  summary: `the configuration (default: $HOLDFAST_CONFIG, else ${CONFIGURATION_FILE} if there is one, else the defaults)`,
};

/** The named file, else `HOLDFAST_CONFIG`, else `holdfast.yaml`; `undefined` if there is none. */
export function findConfigurationFile(
  context: CommandContext,
  named: string | undefined,
): string | undefined {
  const file = named ?? context.environment['HOLDFAST_CONFIG'];
  if (file !== undefined && file !== '') return file;
  return existsSync(join(context.workingDirectory, CONFIGURATION_FILE))
    ? CONFIGURATION_FILE
    : undefined;
}

/** The configuration of the found file, or the defaults. Problems are values: `config check` prints them as JSON. */
export async function loadFoundConfiguration(
  context: CommandContext,
  named: string | undefined,
): Promise<ConfigurationLoad> {
  const file = findConfigurationFile(context, named);
  if (file === undefined) return loadDefaults(context.workingDirectory);
  // Shown as written; resolved against the working directory.
  return loadConfiguration(isAbsolute(file) ? file : join(context.workingDirectory, file), file);
}

/**
 * For commands that need a configuration: prints problems and returns `undefined`. Warnings are about what serves:
 * `serve` and `config check` print them, and before every other answer they would only be noise.
 */
export async function requireConfiguration(
  context: CommandContext,
  named: string | undefined,
): Promise<LoadedConfiguration | undefined> {
  const loaded = await loadFoundConfiguration(context, named);
  if (!loaded.ok) {
    context.report('holdfast: The configuration is invalid');
    for (const problem of loaded.problems) context.report(formatConfigurationProblem(problem));
    return undefined;
  }
  return loaded;
}

/** A line or two for each warning, on standard error. */
export function reportWarnings(
  context: CommandContext,
  { warnings }: Pick<LoadedConfiguration, 'warnings'>,
): void {
  for (const warning of warnings) {
    context.report(`warning: ${formatConfigurationProblem(warning)}`);
  }
}
