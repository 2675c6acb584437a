import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { waitUntil } from '../wait-until.ts';
import { createGitServer, startGitDaemon } from './git-server.ts';
import type { GitRepository } from './git-server.ts';

async function open(test: TestContext) {
  const folder = await makeTemporaryFolder(test);
  const server = createGitServer('git://127.0.0.1:1', folder);
  return { server, repository: await server.create('shop', { 'deploy/a.json': { a: 1 } }) };
}

async function show(repository: GitRepository, path: string): Promise<string> {
  const argv = ['show', `HEAD:${path}`];
  return (await promisify(execFile)('git', argv, { cwd: repository.folder })).stdout;
}

describe('createGitServer()', () => {
  it('makes a repository whose branch is main', async (test) => {
    const { repository } = await open(test);
    assert.equal(repository.url, 'git://127.0.0.1:1/shop');
    assert.match(await repository.head(), /^[0-9a-f]{40}$/u);
    assert.equal(await show(repository, 'deploy/a.json'), '{\n  "a": 1\n}\n');
  });

  it('commits files, several objects as a list, and takes files away', async (test) => {
    const { repository } = await open(test);
    const first = await repository.head();
    const second = await repository.commit(
      { 'deploy/a.json': undefined, 'deploy/b.json': [{ b: 1 }, { b: 2 }], 'c.txt': 'c\n' },
      'Change',
    );
    assert.notEqual(second, first);
    assert.equal(await repository.head(), second);
    assert.deepEqual(JSON.parse(await show(repository, 'deploy/b.json')), {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ b: 1 }, { b: 2 }],
    });
    assert.equal(await show(repository, 'c.txt'), 'c\n');
    await assert.rejects(show(repository, 'deploy/a.json'));
  });

  it('commits even where nothing changes', async (test) => {
    const { repository } = await open(test);
    assert.notEqual(await repository.commit({}, 'Nothing'), undefined);
  });

  it('copies a repository, which then goes its own way', async (test) => {
    const { server, repository } = await open(test);
    const copy = await server.copy(repository, 'copy');
    assert.equal(await copy.head(), await repository.head());
    await copy.commit({ 'deploy/a.json': { a: 2 } }, 'Change');
    assert.equal(await show(repository, 'deploy/a.json'), '{\n  "a": 1\n}\n');
  });
});

describe('startGitDaemon()', () => {
  it('serves the folder, and leaves no process behind when it is stopped', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const [port = 0] = await findFreePorts(1);
    const repository = await createGitServer(`git://127.0.0.1:${port}`, folder).create('shop', {});
    const daemon = await startGitDaemon({ port, folder, logFile: join(folder, 'daemon.log') });
    test.after(() => daemon.stop());
    await waitUntil(() => isOpen(port));
    const { stdout } = await promisify(execFile)('git', ['ls-remote', repository.url, 'main']);
    assert.equal(stdout, `${await repository.head()}\trefs/heads/main\n`);

    await daemon.stop();

    assert.equal(await isOpen(port), false);
    // Its process group: one that answered a request a moment ago ends by itself.
    await waitUntil(() => !isAlive(-daemon.pid));
  });
});

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
