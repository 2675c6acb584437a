/** Child processes whose output goes to a file and that never outlive their owner. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** The tail of a log that is worth showing when its process dies. */
const LOG_LINES = 15;
const KILL_AFTER_MS = 10_000;

export interface ChildOptions {
  readonly argv: readonly string[];
  readonly logFile: string;
  readonly cwd?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export interface RunningChild {
  readonly pid: number;
  readonly logFile: string;
  /** True once the process is gone. */
  readonly hasExited: () => boolean;
  /** Throws with the tail of the log when the process is gone. */
  readonly assertRunning: () => Promise<void>;
  /** Sends the signal, waits for the end, and kills what does not obey within ten seconds. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Starts `program` in its own process group: a Ctrl-C reaches its owner only, who then stops it in order. */
export async function startChild(program: string, options: ChildOptions): Promise<RunningChild> {
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(program, options.argv, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.environment },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  closeSync(log);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    logFile: options.logFile,
    hasExited,
    assertRunning: async () => {
      if (!hasExited()) return;
      throw new Error(
        `${program} ended (${child.exitCode ?? child.signalCode}):\n${await readTail(options.logFile)}`,
      );
    },
    stop: async (signal = 'SIGTERM') => {
      if (hasExited()) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function readTail(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  return text.trimEnd().split('\n').slice(-LOG_LINES).join('\n');
}
