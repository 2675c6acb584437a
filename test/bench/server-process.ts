/** A server under test: a child process of its own, ended by its own process id. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

import { postOnce } from './raw-connection.ts';

const START_MS_MAX = 120_000;
const STOP_MS_MAX = 10_000;
const OUTPUT_CHARS_MAX = 4_000;
const POLL_MS = 2;

/** A server that answers. */
export interface RunningServer {
  readonly pid: number;
  /** Where reviews are posted. */
  readonly url: URL;
  /** From spawn until it said, or showed, that it is ready. */
  readonly startUpMs: number;
  readonly stop: () => Promise<void>;
}

export interface ServerCommand {
  readonly command: string;
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its standard error goes. */
  readonly logFile: string;
  /** Finds the base URL in what the server printed so far. */
  readonly findUrl?: (output: string) => string | undefined;
  /** For a server that prints nothing: it is ready when this address answers this body with 200. */
  readonly probe?: { readonly origin: string; readonly body: string };
  /** The path that reviews are posted to. */
  readonly path: string;
}

/** Starts a server and resolves when it is ready. */
export async function startServer(server: ServerCommand): Promise<RunningServer> {
  const startMs = performance.now();
  // The log goes into a file: a pipe would make this process a part of what is measured.
  const log = openSync(server.logFile, 'w');
  const child = spawn(server.command, server.argv, {
    env: { ...process.env, ...server.environment },
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  const printed = { text: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    printed.text = (printed.text + chunk.toString()).slice(-OUTPUT_CHARS_MAX);
  });
  try {
    const base = await waitUntilReady(server, child, printed);
    return {
      pid: child.pid ?? 0,
      url: new URL(server.path, base),
      startUpMs: performance.now() - startMs,
      stop: () => stopChild(child),
    };
  } catch (fault) {
    await stopChild(child);
    throw new Error(
      `Cannot start "${[server.command, ...server.argv].join(' ')}": ${describe(fault)}\n${printed.text}${readLog(server.logFile)}`,
      { cause: fault },
    );
  }
}

/** A TCP port of loopback that is free now. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('Found no free port');
  return address.port;
}

async function waitUntilReady(
  { findUrl, probe, path }: ServerCommand,
  child: ChildProcess,
  printed: { readonly text: string },
): Promise<string> {
  const deadlineMs = performance.now() + START_MS_MAX;
  while (performance.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}`);
    const url = findUrl?.(printed.text) ?? (await answersProbe(probe, path));
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`it was not ready after ${START_MS_MAX} ms`);
}

async function answersProbe(
  probe: ServerCommand['probe'],
  path: string,
): Promise<string | undefined> {
  if (probe === undefined) return undefined;
  try {
    const { status } = await postOnce(new URL(path, probe.origin), Buffer.from(probe.body));
    return status === 200 ? probe.origin : undefined;
  } catch {
    // Nobody listens yet: asked again until the deadline.
    return undefined;
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(timer);
}

function readLog(logFile: string): string {
  return readFileSync(logFile, 'utf8').slice(-OUTPUT_CHARS_MAX);
}

function describe(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
