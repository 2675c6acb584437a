/** The folder of policies that a command works on. */
import type { ArgumentDefinition, CommandInput } from '../command.ts';

const DEFAULT_SOURCES = 'policies';

/** The same in every command for authors. */
export const sourcesArgument: ArgumentDefinition = {
  name: 'SOURCES',
  summary: `the folder of the policies (default: ${DEFAULT_SOURCES})`,
};

/** As it was given, relative to the working directory. */
export function sourcesOf(input: CommandInput): string {
  return input.arguments[0]?.replace(/\/+$/u, '') ?? DEFAULT_SOURCES;
}
