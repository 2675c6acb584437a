/** argv in, exit code out: the only file that sets it. */
import { COMMAND_GROUPS, COMMANDS } from './cli/commands.ts';
import { EXIT_CODES } from './cli/exit-codes.ts';
import { readPackageVersion } from './cli/package-version.ts';
import { createProcessContext } from './cli/process-context.ts';
import { runProgram } from './cli/program.ts';

// `holdfast … | head` closes our output early, which is not an error and cannot be reported.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT_CODES.ok.code);
  throw error;
});

const status = await runProgram(process.argv.slice(2), {
  commands: COMMANDS,
  groups: COMMAND_GROUPS,
  version: readPackageVersion(),
  context: createProcessContext(),
});
process.exitCode = EXIT_CODES[status].code;
