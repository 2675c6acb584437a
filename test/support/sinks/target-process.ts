/** A real program that records are sent to: started in a folder of its own, stopped and started again as a test asks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClosingHooks } from '../closing-hooks.ts';
import { startChild } from '../cluster/child-process.ts';
import type { RunningChild } from '../cluster/child-process.ts';
import { startReaper } from '../cluster/reaper.ts';
import { waitFor } from '../cluster/wait-for.ts';

const READY_DEADLINE_MS = 5 * 60_000;

export interface TargetProcessOptions {
  readonly program: string;
  /** Given the folder, which is the program's working folder too. */
  readonly argv: readonly string[];
  readonly folder: string;
  readonly isReady: () => Promise<boolean>;
}

export interface TargetProcess {
  readonly start: () => Promise<void>;
  /** Ends the program; what it has on disk stays. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** A folder that is removed after the test, and after the programs in it. */
export async function makeTargetFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'holdfast-target-'));
}

/** Starts it and waits until it is ready; it ends with the test, or with the process that runs the test. */
export async function startTargetProcess(
  t: ClosingHooks,
  options: TargetProcessOptions,
): Promise<TargetProcess> {
  const reaper = await startReaper(options.folder);
  let child: RunningChild | undefined;
  const start = async (): Promise<void> => {
    const started = await startChild(options.program, {
      argv: options.argv,
      logFile: join(options.folder, 'program.log'),
      cwd: options.folder,
    });
    child = started;
    reaper.watch(started.pid);
    await waitFor('the target is ready', options.isReady, {
      deadlineMs: READY_DEADLINE_MS,
      assertPossible: started.assertRunning,
    });
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    await child?.stop(signal);
  };
  t.after(async () => {
    await stop('SIGKILL');
    await rm(options.folder, { recursive: true, force: true, maxRetries: 5 });
    await reaper.dismiss();
  });
  await start();
  return { start, stop };
}
