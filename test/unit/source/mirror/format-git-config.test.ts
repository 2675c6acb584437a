import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import {
  formatLocalConfig,
  formatRemoteConfig,
} from '../../../../src/source/mirror/format-git-config.ts';
import { repositoryOf } from '../../../support/git/test-mirrors.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { join } from 'node:path';

/** What git itself reads from it. */
async function readByGit(
  t: Parameters<typeof makeTemporaryFolder>[0],
  text: string,
): Promise<ReadonlyMap<string, string>> {
  const folder = await makeTemporaryFolder(t, { config: text });
  const argv = ['config', '--file', join(folder, 'config'), '--list', '-z'];
  const output = execFileSync('git', argv, { encoding: 'utf8' });
  const entries = output.split('\0').filter((entry) => entry !== '');
  return new Map(
    entries.map((entry) => {
      const at = entry.indexOf('\n');
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

test('the configuration without network allows no protocol', async (t) => {
  const read = await readByGit(t, formatLocalConfig());

  assert.equal(read.get('protocol.allow'), 'never');
  assert.deepEqual(
    [...read.keys()].filter((key) => key.startsWith('protocol.') && key.endsWith('allow')),
    ['protocol.allow'],
  );
  assert.equal(read.get('core.hookspath'), '/dev/null');
});

test('the configuration of a remote allows its protocol alone, and pins its addresses', async (t) => {
  const repository = repositoryOf('https://git.example.com/acme/shop.git');
  const text = formatRemoteConfig({
    repository,
    silenceSeconds: 20,
    http: {
      addresses: ['192.0.2.1', '2001:db8::1'],
      authorization: 'Bearer a"b\\c',
      authoritiesFile: '/x/ca.pem',
      certificateFile: '/x/client.pem',
      keyFile: '/x/client.key',
    },
  });
  const read = await readByGit(t, text);

  const wanted: readonly [string, string][] = [
    ['protocol.allow', 'never'],
    ['protocol.https.allow', 'always'],
    ['remote.origin.url', 'https://git.example.com/acme/shop.git'],
    ['http.followredirects', 'false'],
    ['http.sslverify', 'true'],
    ['http.curloptresolve', 'git.example.com:443:192.0.2.1,[2001:db8::1]'],
    ['http.extraheader', 'Authorization: Bearer a"b\\c'],
    ['http.sslcainfo', '/x/ca.pem'],
    ['http.sslcert', '/x/client.pem'],
    ['http.sslkey', '/x/client.key'],
    ['transfer.fsckobjects', 'true'],
    ['http.lowspeedtime', '20'],
  ];
  for (const [key, value] of wanted) assert.equal(read.get(key), value, key);
  assert.equal(read.get('protocol.ext.allow'), undefined);
});

test('a value cannot begin a section of its own', async (t) => {
  const text = formatRemoteConfig({
    repository: repositoryOf('https://git.example.com/a'),
    silenceSeconds: 1,
    http: { addresses: ['192.0.2.1'], authorization: 'Basic a\n[core]\n\tsshCommand = attack\t#' },
  });
  const read = await readByGit(t, text);

  assert.equal(read.get('core.sshcommand'), undefined);
  assert.equal(
    read.get('http.extraheader'),
    'Authorization: Basic a\n[core]\n\tsshCommand = attack\t#',
  );
});

test('the port of the URL is the one that is pinned, and an address needs no pin', async (t) => {
  const pinOf = async (url: string): Promise<string | undefined> => {
    const text = formatRemoteConfig({
      repository: repositoryOf(url),
      silenceSeconds: 1,
      http: { addresses: ['192.0.2.1'] },
    });
    return (await readByGit(t, text)).get('http.curloptresolve');
  };
  assert.equal(await pinOf('http://git.example.com/a'), 'git.example.com:80:192.0.2.1');
  assert.equal(await pinOf('https://git.example.com:8443/a'), 'git.example.com:8443:192.0.2.1');
  assert.equal(await pinOf('https://192.0.2.1/a'), undefined);
  assert.equal(await pinOf('https://[2001:db8::1]/a'), undefined);
});

test('the configuration for ssh has nothing of http', async (t) => {
  const repository = repositoryOf('git@git.example.com:acme/shop.git');
  const read = await readByGit(t, formatRemoteConfig({ repository, silenceSeconds: 1 }));

  assert.equal(read.get('protocol.ssh.allow'), 'always');
  assert.deepEqual(
    [...read.keys()].filter((key) => key.startsWith('http.')),
    [],
  );
});
