/** Everything that a command line loads before its command runs, by static imports: a test follows them. */
import { COMMAND_GROUPS, COMMANDS } from './commands.ts';
import type { ExitStatus } from './exit-codes.ts';
import { readPackageVersion } from './package-version.ts';
import { createProcessContext } from './process-context.ts';
import { runProgram } from './program.ts';

/** Runs the command that the arguments name, in this process. */
export function runCommandLine(argv: readonly string[]): Promise<ExitStatus> {
  return runProgram(argv, {
    commands: COMMANDS,
    groups: COMMAND_GROUPS,
    version: readPackageVersion(),
    context: createProcessContext(),
  });
}
