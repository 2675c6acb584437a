/** Mirrors over ssh, with the real sshd: the key of the host is always checked, and nothing is asked. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Credential } from '../../src/source/mirror/credential.ts';
import { makeSshKey, startSshGitServer, type SshGitServer } from '../support/git/ssh-git-server.ts';
import { openTestMirrors, summarize, type TestMirrors } from '../support/git/test-mirrors.ts';
import { makeTestRepository } from '../support/git/test-repository.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

interface Stage extends TestMirrors {
  readonly server: SshGitServer;
  readonly root: string;
  readonly url: string;
  readonly objectId: string;
  readonly credential: Partial<Credential>;
}

async function open(t: TestContext): Promise<Stage> {
  const root = await makeTemporaryFolder(t);
  const repository = await makeTestRepository(join(root, 'shop'));
  const server = await startSshGitServer(t, root);
  const opened = await openTestMirrors(t);
  const objectId = await repository.commit('Deploy');
  const url = `ssh://${server.user}@localhost:${server.port}${repository.folder}`;
  const credential: Partial<Credential> = {
    authentication: { kind: 'ssh', privateKey: server.privateKey },
    knownHosts: server.knownHosts,
  };
  return { ...opened, server, root, url, objectId, credential };
}

test('a repository is read with our key, if the key of the host is known', async (t) => {
  const { read, url, objectId, credential, folder, root } = await open(t);

  assert.deepEqual(summarize(await read({ url, objectId, credential })), {
    status: 'found',
    kind: 'commit',
    objectId,
    containedIn: 'refs/heads/main',
  });
  assert.deepEqual(globSync(join(folder, 'private/*')), []);

  await t.test('a host whose key is another one is not read', async () => {
    const other = await readFile(`${await makeSshKey(root, 'other_host')}.pub`, 'utf8');
    const [host = ''] = (credential.knownHosts ?? '').split(' ');
    const reading = await read({
      url,
      objectId,
      credential: { ...credential, knownHosts: `${host} ${other}`, origin: 'other' },
    });
    assert.equal(reading.status, 'unavailable');
    assert.match(reading.reason, /The key of the host is none of the known ones/u);
  });

  await t.test('a host without a known key is not asked', async () => {
    const { knownHosts: _, ...unknown } = credential;
    const reading = await read({ url, objectId, credential: { ...unknown, origin: 'unknown' } });
    assert.equal(reading.status, 'unavailable');
    assert.match(reading.reason, /no known keys of the host localhost/u);
  });

  await t.test(
    'another key of ours is not let in, and nobody is asked for a password',
    async () => {
      const privateKey = await readFile(await makeSshKey(root, 'stranger'), 'utf8');
      const reading = await read({
        url,
        objectId,
        credential: {
          ...credential,
          authentication: { kind: 'ssh', privateKey },
          origin: 'stranger',
        },
      });
      assert.equal(reading.status, 'unavailable');
      assert.match(reading.reason, /refuses our credential/u);
      assert.ok(!reading.reason.includes('PRIVATE KEY'));
    },
  );

  await t.test('a credential for https is not used', async () => {
    const reading = await read({
      url,
      objectId,
      credential: { ...credential, authentication: { kind: 'bearer', token: 'secret-token' } },
    });
    assert.equal(reading.status, 'unavailable');
    assert.match(reading.reason, /is for https/u);
  });
});
