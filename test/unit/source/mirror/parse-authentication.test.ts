import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parseAuthentication } from '../../../../src/source/mirror/parse-authentication.ts';
import { makeSshKey } from '../../../support/git/ssh-git-server.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const { privateKey: rsa } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const { privateKey: ed25519 } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const APP = { githubAppId: '12', githubInstallationId: '34', githubPrivateKey: rsa };

test('parseAuthentication() finds each way to authenticate', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const sshPrivateKey = await readFile(await makeSshKey(folder, 'plain'), 'utf8');
  const table: readonly [object, object][] = [
    [{}, { kind: 'none' }],
    [{ username: 'grace' }, { kind: 'none' }],
    [
      { username: 'grace', password: 'p' },
      { kind: 'basic', username: 'grace', password: 'p' },
    ],
    [{ password: 'p' }, { kind: 'basic', username: 'x-token', password: 'p' }],
    [{ token: 'abc\n' }, { kind: 'bearer', token: 'abc' }],
    [{ sshPrivateKey }, { kind: 'ssh', privateKey: sshPrivateKey }],
    [{ sshPrivateKey: rsa }, { kind: 'ssh', privateKey: rsa }],
    [
      APP,
      {
        kind: 'github-app',
        appId: '12',
        installationId: '34',
        privateKey: rsa,
        apiUrl: 'https://api.github.com',
      },
    ],
    [
      { ...APP, githubApiUrl: 'https://github.example.com/api/v3' },
      {
        kind: 'github-app',
        appId: '12',
        installationId: '34',
        privateKey: rsa,
        apiUrl: 'https://github.example.com/api/v3',
      },
    ],
  ];
  for (const [values, authentication] of table) {
    assert.deepEqual(parseAuthentication(values), { ok: true, authentication });
  }
});

test('parseAuthentication() refuses what cannot be used, without a part of it', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const encrypted = await readFile(await makeSshKey(folder, 'locked', 'passphrase'), 'utf8');
  const table: readonly [object, RegExp][] = [
    [{ token: 'a\r\nX-Secret: b' }, /characters that no token has/u],
    [{ sshPrivateKey: encrypted }, /passphrase/u],
    [{ sshPrivateKey: rsa, sshPassphrase: 'p' }, /passphrase/u],
    [{ sshPrivateKey: '-----BEGIN ENCRYPTED PRIVATE KEY-----\n' }, /passphrase/u],
    [{ githubPrivateKey: rsa }, /number of the app/u],
    [{ ...APP, githubAppId: '12/../../x' }, /number of the app/u],
    [{ githubPrivateKey: rsa, githubAppId: '12' }, /number of its installation/u],
    [{ ...APP, githubApiUrl: 'http://github.example.com' }, /no https URL/u],
    [{ ...APP, githubApiUrl: 'secret' }, /no https URL/u],
    [{ ...APP, githubPrivateKey: 'secret' }, /no PEM/u],
    [{ ...APP, githubPrivateKey: ed25519 }, /no PEM/u],
  ];
  for (const [values, pattern] of table) {
    const parsed = parseAuthentication(values);
    assert.equal(parsed.ok, false);
    assert.match(parsed.reason, pattern);
    assert.ok(!parsed.reason.includes('secret'));
  }
});
