/** argv in, exit code out: the only file that sets it. */
import { holdYoungGeneration, releaseYoungGeneration } from './base/young-generation.ts';
import { EXIT_CODES } from './cli/exit-codes.ts';

// `holdfast … | head` closes our output early, which is not an error and cannot be reported.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT_CODES.ok.code);
  throw error;
});

// Before the rest is loaded: what loading leaves behind is garbage, not load.
holdYoungGeneration();
const { runCommandLine } = await import('./cli/run-command-line.ts');
releaseYoungGeneration();

process.exitCode = EXIT_CODES[await runCommandLine(process.argv.slice(2))].code;
