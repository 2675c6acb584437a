/** Types the commands of a document into one shell, as a newcomer would, and compares what it prints. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { compileCacheFolder } from '../compile-cache.ts';
import {
  formatSession,
  matchesOutput,
  parseSession,
  type Step,
  type StepResult,
} from './typed-commands.ts';

const MARKER = '@@holdfast-step@@';
const ROOT = join(import.meta.dirname, '..', '..', '..');

export interface TypedShell {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** As in a terminal of its own: nothing of the runner of tests. */
export function environmentOfUser(): NodeJS.ProcessEnv {
  const {
    NODE_TEST_CONTEXT: _context,
    HOLDFAST_CONFIG: _config,
    // What is typed is covered by tests of its own, and a process that counts takes twice as long.
    NODE_V8_COVERAGE: _coverage,
    ...environment
  } = process.env;
  return { ...environment, NODE_COMPILE_CACHE: compileCacheFolder(ROOT) };
}

/** One line for each command that fails or prints something else. */
export async function typeSteps(
  test: Pick<TestContext, 'after'>,
  steps: readonly Step[],
  { cwd, environment }: TypedShell,
): Promise<readonly string[]> {
  const shell = spawn('bash', ['-c', formatSession(steps, MARKER)], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own: a session that fails in the middle leaves its server behind.
    detached: true,
  });
  test.after(() => killGroup(shell.pid));
  let printed = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await once(shell, 'close');
  const results = parseSession(printed, MARKER);
  return steps.flatMap((step, index) => judge(step, results[index], steps[index + 1]));
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Everything of it has ended.
  }
}

/** A step may fail only where the page goes on to show its status. */
function judge(
  { command, output }: Step,
  result: StepResult | undefined,
  next: Step | undefined,
): readonly string[] {
  if (result === undefined) return [`${command}: did not run`];
  const faults: string[] = [];
  if (result.status !== 0 && next?.command !== 'echo $?') {
    faults.push(`${command}: ended with ${result.status} and printed\n${result.output}`);
  }
  if (output !== undefined && !matchesOutput(result.output, output)) {
    faults.push(`${command}: expected\n${output.join('\n')}\nfound\n${result.output}`);
  }
  return faults;
}
