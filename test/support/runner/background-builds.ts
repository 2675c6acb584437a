/** Builds programs in another process while stages run; a stage waits for those that it needs. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { buildReportSchema } from '../assets/build-report.ts';
import type { BuildReport } from '../assets/build-report.ts';
import type { ProgramName } from '../assets/programs.ts';

/** What a stage waited for. */
export interface Wait {
  readonly program: ProgramName;
  readonly waitedMs: number;
}

/** A build that took longer than a look at the cache does. */
export interface Build {
  readonly program: ProgramName;
  readonly tookMs: number;
}

export interface BackgroundBuilds {
  /** Resolves when all of them are there; rejects with the reason where one cannot be had. */
  readonly wait: (programs: readonly ProgramName[]) => Promise<readonly Wait[]>;
  /** What has been built so far. */
  readonly builds: () => readonly Build[];
  /** Ends what is still being built. */
  readonly stop: () => void;
}

export interface BackgroundOptions {
  /** The build process: it gets the programs as arguments, and reports each. */
  readonly module: string;
  readonly print: (line: string) => void;
}

/** Finding a program that was built before takes no longer. */
const FOUND_MS = 2000;
/** Less is no wait but the start of the process. */
const WAIT_SHOWN_MS = 1000;

/** Starts them in this order. What is printed meanwhile is shown only while somebody waits. */
export function startBuilds(
  programs: readonly ProgramName[],
  options: BackgroundOptions,
): BackgroundBuilds {
  if (programs.length === 0) {
    return { wait: async () => [], builds: () => [], stop: () => undefined };
  }
  const outcomes = new Map(
    programs.map((program) => [program, Promise.withResolvers<BuildReport>()]),
  );
  const built: Build[] = [];
  const output = new ProcessOutput(options.print);
  // A group of its own: the compilers end with the process that started them.
  const child = fork(options.module, [...programs], { detached: true, silent: true });
  output.follow(child);
  child.on('message', (message) => {
    const report = buildReportSchema.parse(message);
    if (report.status === 'ready' && report.tookMs > FOUND_MS) built.push(report);
    outcomes.get(report.program)?.resolve(report);
  });
  const giveUp = (code: number | null, signal: NodeJS.Signals | null): void => {
    const end = signal ?? `exit code ${String(code)}`;
    const reason = `the build process ended with ${end}: ${output.last()}`;
    for (const [program, { resolve }] of outcomes) resolve({ status: 'failed', program, reason });
  };
  child.on('close', giveUp);
  return {
    wait: async (wanted) => {
      const waits: Wait[] = [];
      for (const program of wanted) {
        waits.push({ program, waitedMs: await waitFor(program, outcomes.get(program), output) });
      }
      return waits.filter(({ waitedMs }) => waitedMs >= WAIT_SHOWN_MS);
    },
    builds: () => built,
    stop: () => {
      // A child that was disconnected from here never tells that its output is closed.
      child.on('exit', giveUp);
      if (child.connected) child.disconnect();
    },
  };
}

async function waitFor(
  program: ProgramName,
  outcome: PromiseWithResolvers<BuildReport> | undefined,
  output: ProcessOutput,
): Promise<number> {
  if (outcome === undefined) throw new Error(`Nobody builds ${program}`);
  const startedMs = performance.now();
  const report = await output.showDuring(outcome.promise);
  if (report.status === 'failed') throw new Error(`Cannot have ${program}: ${report.reason}`);
  return performance.now() - startedMs;
}

/** The lines that the process prints: shown while somebody waits, and the last one kept. */
class ProcessOutput {
  readonly #print: (line: string) => void;
  #last = '';
  #waiting = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  follow({ stdout, stderr }: ChildProcess): void {
    for (const stream of [stdout, stderr]) {
      if (stream === null) continue;
      createInterface(stream).on('line', (line) => {
        this.#last = line;
        if (this.#waiting > 0) this.#print(line);
      });
    }
  }

  last(): string {
    return this.#last;
  }

  async showDuring<Value>(work: Promise<Value>): Promise<Value> {
    // What began before the wait says what is waited for.
    const timer = setTimeout(() => {
      if (this.#last !== '') this.#print(this.#last);
    }, WAIT_SHOWN_MS);
    this.#waiting += 1;
    try {
      return await work;
    } finally {
      this.#waiting -= 1;
      clearTimeout(timer);
    }
  }
}
