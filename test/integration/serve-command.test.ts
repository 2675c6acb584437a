import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');
const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

const CONFIGURATION = `
server:
  port: 0
  metrics: { port: 0 }
`;

function run(test: TestContext, folder: string, argv: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  test.after(() => child.kill('SIGKILL'));
  // A day's records are more than a pipe holds: unread, they would hold the process up.
  child.stderr.resume();
  return child;
}

/** The configuration of the recorded day, on any free port. */
async function makeRecordedFolder(test: TestContext): Promise<string> {
  const recorded = await readFile(join(FIXTURES, 'holdfast.yaml'), 'utf8');
  return makeTemporaryFolder(test, {
    'holdfast.yaml': recorded
      .replaceAll('../../certs/', 'certs/')
      .replace('server:', 'server:\n  port: 0'),
  });
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code] = await once(child, 'exit');
  return code;
}

async function firstLine(child: ChildProcess): Promise<string> {
  assert.ok(child.stdout);
  for await (const line of createInterface(child.stdout)) return line;
  return '';
}

describe('holdfast serve', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`prints where it is ready, and ends with 0 on ${signal}`, async (test) => {
      const folder = await makeTemporaryFolder(test, { 'holdfast.yaml': CONFIGURATION });
      assert.equal(await exitOf(run(test, folder, ['certs'])), 0);
      const child = run(test, folder, ['serve']);

      assert.match(await firstLine(child), /^ready https:\/\/127\.0\.0\.1:\d+$/u);
      child.kill(signal);

      assert.equal(await exitOf(child), 0);
    });
  }

  it('ends with 3 and names the key where the configuration is wrong', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'holdfast.yaml': 'server: { prot: 1 }\n' });
    const child = run(test, folder, ['serve']);
    const reported: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => reported.push(chunk.toString('utf8')));

    assert.equal(await exitOf(child), 3);
    assert.match(reported.join(''), /holdfast\.yaml:1:11: .*"?prot"?/u);
  });
});

describe('holdfast demo', () => {
  it('plays the day once and ends with 0', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'holdfast.yaml': CONFIGURATION });
    const child = run(test, folder, ['demo', '--once', '--config', 'holdfast.yaml']);

    assert.notEqual(await firstLine(child), '');
    // Reading a line pauses the rest.
    child.stdout?.resume();
    // Without the writers of the recorded day, its syncs are refused: the command says that the day went otherwise.
    assert.equal(await exitOf(child), 1);
  });

  it('ends with 3 where its configuration cannot be read', async (test) => {
    const folder = await makeTemporaryFolder(test);

    assert.equal(await exitOf(run(test, folder, ['demo', '--config', 'missing.yaml'])), 3);
  });

  it('ends with 0 after a day that went as recorded', async (test) => {
    const folder = await makeRecordedFolder(test);
    const day = join(FIXTURES, 'recorded-day.json');
    const child = run(test, folder, ['demo', '--once', '--config', 'holdfast.yaml', '--day', day]);
    child.stdout?.resume();

    assert.equal(await exitOf(child), 0);
  });

  it('stays up after the day, says how to go on, and ends with 0 on SIGTERM', async (test) => {
    const folder = await makeRecordedFolder(test);
    const child = run(test, folder, ['demo', '--config', 'holdfast.yaml']);
    assert.ok(child.stdout);
    const lines: string[] = [];

    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line === 'Ctrl-C stops it.') child.kill('SIGTERM');
    }

    assert.ok(
      lines.some((line) => /^\d+ reviews: \d+ allowed, \d+ denied, 0 not as recorded$/u.test(line)),
    );
    assert.ok(lines.some((line) => /^ready https:\/\/127\.0\.0\.1:\d+$/u.test(line)));
    assert.ok(lines.includes('  npm run sandbox'));
    assert.equal(child.exitCode ?? (await exitOf(child)), 0);
  });
});
