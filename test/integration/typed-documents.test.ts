/** Documents whose commands are typed as a newcomer would: one shell for each, and what it prints compared. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import {
  formatSession,
  listOtherTests,
  listSteps,
  matchesOutput,
  parseSession,
  type Step,
  type StepResult,
} from '../support/docs/typed-commands.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
// A step that waits for what does not come would hold the session up for ever.
const SESSION_MS_MAX = 5 * 60_000;
const MARKER = '@@holdfast-step@@';

for (const name of [
  'getting-started.md',
  'break-glass.md',
  'commits.md',
  'policies.md',
  'policies/gatekeeper.md',
  'policies/bundles.md',
  'policies/explain.md',
  'policies/replay.md',
]) {
  it(
    `every command of docs/${name} runs, and prints what the page shows`,
    { timeout: SESSION_MS_MAX },
    async (test) => {
      const document = await readFile(join(ROOT, 'docs', name), 'utf8');
      const steps = listSteps(document);

      const results = parseSession(await runSession(test, name, steps), MARKER);
      const faults = steps.flatMap((step, index) => judge(step, results[index], steps[index + 1]));

      assert.ok(steps.length > 0, 'the page has commands');
      for (const path of listOtherTests(document)) assert.ok(existsSync(join(ROOT, path)), path);
      if (faults.length > 0) assert.fail(`\n${faults.join('\n')}`);
    },
  );
}

/** Types the steps into one shell; what it printed. */
async function runSession(
  test: TestContext,
  name: string,
  steps: readonly Step[],
): Promise<string> {
  const folder = await makeTemporaryFolder(test, {
    'session.sh': formatSession(steps, MARKER),
    'bin/holdfast': `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/src/launch.mjs" holdfast "$@"\n`,
    'work/.keep': '',
  });
  await chmod(join(folder, 'bin', 'holdfast'), 0o755);
  const shell = spawn('bash', [join(folder, 'session.sh')], {
    // The first page begins in a clone and makes what the others begin with.
    cwd: name === 'getting-started.md' ? ROOT : join(folder, 'work'),
    env: name === 'getting-started.md' ? environmentOf(folder) : withHoldfast(folder),
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
  return printed;
}

/** As in a terminal of its own: nothing of this test's runner. */
function environmentOf(folder: string): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _context, HOLDFAST_CONFIG: _config, ...environment } = process.env;
  return { ...environment, TMPDIR: folder };
}

function withHoldfast(folder: string): NodeJS.ProcessEnv {
  const environment = environmentOf(folder);
  return {
    ...environment,
    CLONE: ROOT,
    PATH: `${join(folder, 'bin')}:${environment['PATH'] ?? ''}`,
  };
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
