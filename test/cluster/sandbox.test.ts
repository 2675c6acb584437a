/** `npm run sandbox` as a person uses it: it starts, says what to try, does what it says, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { waitFor } from '../support/cluster/wait-for.ts';

const SANDBOX = join(import.meta.dirname, '..', 'sandbox.ts');
const READY_DEADLINE_MS = 5 * 60_000;

interface Sandbox {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly folder: string;
}

describe('npm run sandbox', () => {
  let running: ChildProcess | undefined;
  afterEach(() => {
    running?.kill('SIGKILL');
  });

  async function start(): Promise<Sandbox> {
    const child = spawn(process.execPath, [SANDBOX], { stdio: ['ignore', 'pipe', 'inherit'] });
    running = child;
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    await waitFor('the sandbox is ready', () => /^ready https:/mu.test(output), {
      deadlineMs: READY_DEADLINE_MS,
    });
    const kubeconfig =
      /export KUBECONFIG=(?<path>\S+alice\S+)/u.exec(output)?.groups?.['path'] ?? '';
    return { child, output: () => output, folder: dirname(kubeconfig) };
  }

  it('does what it promises, and Ctrl-C leaves no process and no folder', async () => {
    const sandbox = await start();
    assert.notDeepEqual(findProcesses(sandbox.folder), []);
    const [image, pod, namespace] = findCommands(sandbox.output());
    const kubeconfig = join(sandbox.folder, 'alice.kubeconfig');
    const refused = await run(image, kubeconfig);
    assert.match(
      refused.stderr,
      /app\]\.image: registry\.local\/checkout:1\.0\.0 → evil:latest\n/u,
    );
    const made = await run(pod, kubeconfig);
    assert.deepEqual(
      [made.stdout, made.stderr.startsWith('Warning: Container "box"')],
      ['pod/box created\n', true],
    );
    const kept = await run(namespace, kubeconfig);
    assert.match(kept.stderr, /Deleting namespace "shop" would delete/u);

    sandbox.child.kill('SIGINT');
    const [code] = await once(sandbox.child, 'exit');

    assert.equal(code, 0);
    assert.equal(existsSync(sandbox.folder), false);
    assert.deepEqual(findProcesses(sandbox.folder), []);
    assert.match(sandbox.output(), /Stopped: no process and no folder is left\n$/u);
  });

  it('leaves nothing behind when it is killed outright', async () => {
    const sandbox = await start();
    sandbox.child.kill('SIGKILL');
    await waitFor('everything is gone', () => {
      return findProcesses(sandbox.folder).length === 0 && !existsSync(sandbox.folder);
    });
  });
});

/** The command lines of the processes that work in this folder. */
function findProcesses(folder: string): readonly string[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
  return processes.map(readProcess).filter((described) => described.includes(folder));
}

/** The command line and the working folder; empty for a process that has ended meanwhile. */
function readProcess(pid: string): string {
  try {
    return `${readFileSync(`/proc/${pid}/cmdline`, 'utf8')} ${readlinkSync(`/proc/${pid}/cwd`)}`;
  } catch {
    return '';
  }
}

function findCommands(output: string): readonly string[] {
  return [...output.matchAll(/^ {2}(kubectl .*)$/gmu)].map((match) => match[1] ?? '');
}

async function run(command = '', kubeconfig = ''): Promise<{ stdout: string; stderr: string }> {
  const [program = '', ...argv] = command.split(' ');
  const environment = { ...process.env, KUBECONFIG: kubeconfig };
  return promisify(execFile)(program, argv, { env: environment }).catch((error: unknown) => {
    if (!(error instanceof Error && 'stderr' in error)) throw error;
    return { stdout: '', stderr: String(error.stderr) };
  });
}
