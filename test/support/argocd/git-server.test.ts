import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { createGitServer } from './git-server.ts';
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
