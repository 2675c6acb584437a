import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

function run(cwd: string, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...argv], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, HOLDFAST_CONFIG: '' },
  });
  return { status, stdout, stderr };
}

test('the exit code says what the command came to', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'bad.yaml': 'logs: {}' });

  assert.equal(run(folder, 'config', 'check').status, 0);
  assert.deepEqual(run(folder, 'config', 'check', 'bad.yaml'), {
    status: 3,
    stdout: '',
    stderr: 'bad.yaml:1:1: logs: Unknown key "logs"\n  Did you mean "log"?\n1 problem\n',
  });
  assert.deepEqual(run(folder, 'sevre'), {
    status: 2,
    stdout: '',
    stderr: "holdfast: Unknown command 'sevre'\nDid you mean serve?\n",
  });
});

test('what is printed through a pipe has no colours', async (t) => {
  const { status, stdout } = run(await makeTemporaryFolder(t), '--help');

  assert.equal(status, 0);
  assert.equal(stdout.includes('\u001B'), false);
});

test('a reader that stops reading is no error', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const child = spawn(process.execPath, [MAIN, 'config', 'print', '--limits', '-o', 'json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.destroy();

  const [code] = await once(child, 'exit');

  assert.equal(code, 0);
});
