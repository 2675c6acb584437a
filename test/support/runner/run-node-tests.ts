/**
 * Runs test files through node:test, each group of files in a process of its own, and counts tests, not files.
 *
 * A failing test is shown whole, with what its file printed. A skipped test is named: silence would read as success.
 */
import { dirname, relative } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { addResults } from './tally.ts';
import type { SkippedTest, StageResult } from './tally.ts';

export interface NodeTestOptions {
  readonly root: string;
  /** How many groups run at once. */
  readonly concurrency: number;
  /** A group that takes longer is stopped and fails: it hangs, or it belongs to another stage. */
  readonly fileDeadlineMs: number;
  readonly print: (line: string) => void;
  /** Ends the group that runs, and what it started; no further one begins. */
  readonly signal?: AbortSignal | undefined;
  /** Groups that take as long are named, with their time. @default 10,000 */
  readonly slowMs?: number;
}

/** Who looks for what takes so long begins with these. */
const SLOW_MS = 10_000;

/** What a group of several files starts with. */
const TOGETHER = fileURLToPath(new URL('run-together.ts', import.meta.url));

/** Test files of one process. */
export type FileGroup = readonly [string, ...string[]];

/** The parts of node:test's events that are read here. */
interface TestEvent {
  readonly name: string;
  readonly file?: string | undefined;
  readonly skip?: string | boolean | undefined;
  readonly todo?: string | boolean | undefined;
  readonly details: { readonly type?: string | undefined; readonly error?: Error | undefined };
}

/** Runs the groups and says what passed, failed and was skipped. */
export async function runNodeTests(
  groups: readonly FileGroup[],
  options: NodeTestOptions,
): Promise<StageResult> {
  const queue = [...groups];
  const isStopped = (): boolean => options.signal?.aborted === true;
  const results: StageResult[] = [];
  async function work(): Promise<void> {
    while (!isStopped()) {
      const group = queue.shift();
      if (group === undefined) return;
      const startedMs = performance.now();
      results.push(await runGroup(group, options));
      const tookMs = performance.now() - startedMs;
      if (tookMs >= (options.slowMs ?? SLOW_MS)) {
        options.print(`${nameOf(group, options.root)} took ${(tookMs / 1000).toFixed(1)} s`);
      }
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return addResults(results);
}

function nameOf(group: FileGroup, root: string): string {
  const [file] = group;
  return relative(root, group.length === 1 ? file : dirname(file));
}

/** One process by itself: node:test's own time-out reports a file that hangs, but waits for it all the same. */
async function runGroup(group: FileGroup, options: NodeTestOptions): Promise<StageResult> {
  const collector = new Collector(group, options);
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(new Error(`The tests must end within ${options.fileDeadlineMs} ms: they hang`));
  }, options.fileDeadlineMs);
  const signal = AbortSignal.any([deadline.signal, options.signal ?? deadline.signal]);
  const stream = run(
    group.length === 1
      ? { files: [group[0]], signal }
      : { files: [TOGETHER], argv: [...group], signal },
  );
  stream.on('test:pass', (event) => {
    collector.addPass(event);
  });
  stream.on('test:fail', (event) => {
    collector.addFailure(event);
  });
  stream.on('test:stdout', (event) => {
    collector.addOutput(event.file, event.message);
  });
  stream.on('test:stderr', (event) => {
    collector.addOutput(event.file, event.message);
  });
  // The same events flow through the stream as data, and it only ends when they are read.
  stream.resume();
  await finished(stream);
  clearTimeout(timer);
  return collector.finish();
}

class Collector {
  readonly #group: FileGroup;
  readonly #options: NodeTestOptions;
  readonly #outputs = new Map<string, string[]>();
  readonly #failures: string[] = [];
  readonly #skips: SkippedTest[] = [];
  readonly #failedFiles = new Set<string>();
  readonly #files = new Set<string>();
  #passed = 0;

  constructor(group: FileGroup, options: NodeTestOptions) {
    this.#group = group;
    this.#options = options;
  }

  addOutput(file: string | undefined, text: string): void {
    const key = file ?? '';
    const chunks = this.#outputs.get(key) ?? [];
    chunks.push(text);
    this.#outputs.set(key, chunks);
  }

  addPass(event: TestEvent): void {
    if (event.details.type === 'suite') return;
    const label = this.#label(event);
    this.#notice(event);
    if (event.name === event.file) this.#fail(event, `${label} declares no test`);
    else if (event.todo !== undefined) this.#fail(event, `${label} is marked todo`);
    else if (event.skip !== undefined) {
      const reason = typeof event.skip === 'string' && event.skip !== '' ? event.skip : 'no reason';
      this.#skips.push({ name: label, reason });
    } else this.#passed += 1;
  }

  addFailure(event: TestEvent): void {
    const error = event.details.error;
    // The parent of a failed test repeats the failure; the test itself was counted already.
    if (isFailureType(error, 'subtestsFailed')) return;
    this.#notice(event);
    this.#fail(event, this.#label(event));
    if (error !== undefined) this.#options.print(formatFailure(error));
  }

  finish(): StageResult {
    for (const file of this.#listSilent()) {
      this.#failures.push(`${relative(this.#options.root, file)} did not run`);
    }
    for (const file of this.#failedFiles) {
      const output = (this.#outputs.get(file) ?? []).join('').trimEnd();
      if (output !== '') {
        this.#options.print(`--- printed by ${relative(this.#options.root, file)}\n${output}`);
      }
    }
    return { passed: this.#passed, failures: this.#failures, skips: this.#skips };
  }

  /**
   * node:test says nothing where it was told to run nothing, for example inside another run, or of a file without tests beside others.
   * The tests of a file that is alone may be declared by another module.
   */
  #listSilent(): readonly string[] {
    const group = this.#group;
    if (group.length > 1) return group.filter((file) => !this.#files.has(file));
    return this.#passed + this.#failures.length + this.#skips.length === 0 ? group : [];
  }

  #notice({ file }: TestEvent): void {
    if (file !== undefined) this.#files.add(file);
  }

  #fail(event: TestEvent, label: string): void {
    this.#failures.push(label);
    const file = this.#fileOf(event);
    if (file !== undefined) this.#failedFiles.add(file);
    this.#options.print(`\nFAILED ${label}`);
  }

  #label(event: TestEvent): string {
    const path = this.#fileOf(event);
    const file = path === undefined ? '' : relative(this.#options.root, path);
    return event.name === path ? file : `${file}: ${event.name}`;
  }

  /** Many files declare their tests by one module: whoever reads of a failure looks for the file. */
  #fileOf({ file }: TestEvent): string | undefined {
    return this.#group.length === 1 ? this.#group[0] : file;
  }
}

function isFailureType(error: unknown, type: string): boolean {
  return error instanceof Error && 'failureType' in error && error.failureType === type;
}

/** node:test wraps what a test threw; the wrapper says nothing that the cause does not. */
function formatFailure(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  // assert.fail() has said all in its message; there is nothing to compare.
  if ('operator' in cause && cause.operator === 'fail') return cause.stack ?? cause.message;
  return inspect(cause, { depth: 8, maxArrayLength: 200, maxStringLength: 20_000, colors: false });
}
