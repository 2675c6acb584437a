/** `holdfast serve` as a process of its own, that may be killed and started again on the same folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What Node runs. */
const SOURCES = join(import.meta.dirname, '..', '..', '..', 'src', 'main.ts');

export interface ServedHoldfast {
  readonly url: string;
  /** Ends it without a warning. */
  readonly kill: () => Promise<void>;
  /** Ends it as Kubernetes does; resolves with the exit code. */
  readonly stop: () => Promise<unknown>;
}

/** Resolves when it says that it is ready; rejects with what it said instead. */
export async function serveHoldfast(folder: string, main = SOURCES): Promise<ServedHoldfast> {
  const child = spawnHoldfast(folder, [main, 'serve']);
  const errors: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString('utf8')));
  const exited = once(child, 'exit');
  const url = await Promise.race([readUrl(child), exited.then(() => undefined)]);
  if (url === undefined) throw new Error(`holdfast serve ended: ${errors.join('')}`);
  const end = async (signal: NodeJS.Signals): Promise<unknown> => {
    child.kill(signal);
    const [code]: readonly unknown[] = await exited;
    return code;
  };
  return {
    url,
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
}

/** Runs one command to its end: its exit code and what it printed. */
export async function runHoldfast(
  folder: string,
  argv: readonly string[],
): Promise<{ readonly code: unknown; readonly output: string }> {
  const child = spawnHoldfast(folder, [SOURCES, ...argv]);
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code]: readonly unknown[] = await once(child, 'close');
  return { code, output: Buffer.concat(chunks).toString('utf8') };
}

/** Whoever is killed writes down no coverage, and starts in half the time with the code that another run compiled. */
function spawnHoldfast(folder: string, argv: readonly string[]): ChildProcess {
  const { NODE_V8_COVERAGE: _coverage, ...environment } = process.env;
  return spawn(process.execPath, [...argv], {
    cwd: folder,
    env: { ...environment, NODE_COMPILE_CACHE: join(folder, 'compile-cache') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function readUrl(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface(child.stdout)) {
    const url = /^ready (https:\S+)$/u.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  return undefined;
}
