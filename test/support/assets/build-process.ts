/**
 * Builds the programs named on its command line, one after the other, and tells its parent how each ended.
 *
 * It is a process of its own, so that builds run at the lowest priority beside tests, and end with the run.
 */
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import type { BuildReport } from './build-report.ts';
import { prepareProgram, PROGRAM_NAMES } from './programs.ts';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What is waited for at the terminal or in CI is the tests: builds take the time that they leave. */
function lowerPriority(): void {
  setPriority(constants.priority.PRIORITY_LOW);
  try {
    // Linux schedules sessions against each other, and this process leads a session of its own.
    writeFileSync('/proc/self/autogroup', String(constants.priority.PRIORITY_LOW));
  } catch {
    // Other systems and kernels without this feature go by the priority of each process.
  }
}

/** The parent is gone: nobody wants the builds any more. The group holds the compilers too. */
function endWithParent(): void {
  process.on('disconnect', () => {
    process.kill(-process.pid, 'SIGKILL');
  });
}

function report(message: BuildReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });
}

async function build(names: readonly string[]): Promise<void> {
  for (const name of PROGRAM_NAMES.toSorted((a, b) => names.indexOf(a) - names.indexOf(b))) {
    if (!names.includes(name)) continue;
    const startedMs = performance.now();
    try {
      await prepareProgram(name, { cacheFolder: cacheFolder(), print });
      await report({ program: name, status: 'ready', tookMs: performance.now() - startedMs });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await report({ program: name, status: 'failed', reason });
    }
  }
  // Started by hand it has no parent that listens.
  if (process.connected) process.disconnect();
}

lowerPriority();
endWithParent();
await build(process.argv.slice(2));
