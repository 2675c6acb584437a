/** argv in, exit code out: the only file that sets it. */
import { holdYoungGeneration, releaseYoungGeneration } from './base/young-generation.ts';

// Before anything else is loaded: what loading leaves behind is garbage, not load.
holdYoungGeneration();
const { COMMAND_GROUPS, COMMANDS } = await import('./cli/commands.ts');
const { EXIT_CODES } = await import('./cli/exit-codes.ts');
const { readPackageVersion } = await import('./cli/package-version.ts');
const { createProcessContext } = await import('./cli/process-context.ts');
const { runProgram } = await import('./cli/program.ts');
releaseYoungGeneration();

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
