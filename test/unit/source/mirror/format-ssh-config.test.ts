import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatSshConfig } from '../../../../src/source/mirror/format-ssh-config.ts';
import { repositoryOf } from '../../../support/git/test-mirrors.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const ACCESS = {
  repository: repositoryOf('ssh://git@git.example.com/acme/shop.git'),
  address: '192.0.2.1',
  knownHostsFile: '/private folder/known_hosts',
  identityFile: '/private folder/identity',
  connectTimeoutSeconds: 15,
};

test('ssh itself reads that it checks the key of the host, connects to the address, and asks nobody', async (t) => {
  const folder = await makeTemporaryFolder(t, { config: formatSshConfig(ACCESS) });
  const argv = ['-G', '-F', join(folder, 'config'), 'git.example.com'];
  const read = execFileSync('ssh', argv, { encoding: 'utf8' }).split('\n');

  for (const line of [
    'hostname 192.0.2.1',
    'hostkeyalias git.example.com',
    'stricthostkeychecking true',
    'globalknownhostsfile /dev/null',
    'batchmode yes',
    'identitiesonly yes',
    'updatehostkeys false',
    'permitlocalcommand no',
    'clearallforwardings yes',
    'connecttimeout 15',
    'preferredauthentications publickey',
  ]) {
    assert.ok(read.includes(line), line);
  }
  assert.ok(read.some((line) => line.startsWith('userknownhostsfile /private folder')));
  assert.ok(read.some((line) => line.startsWith('identityfile /private folder/identity')));
});

test('the name in known_hosts has the port, if it is not that of ssh', () => {
  const text = formatSshConfig({
    ...ACCESS,
    repository: repositoryOf('ssh://git@git.example.com:2222/acme/shop.git'),
  });

  assert.match(text, /^HostKeyAlias \[git\.example\.com\]:2222$/mu);
});

test('without a key, none is tried', () => {
  assert.match(formatSshConfig({ ...ACCESS, identityFile: undefined }), /^IdentityFile none$/mu);
});
