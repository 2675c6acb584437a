import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFluxSecret } from '../../../../src/source/mirror/parse-flux-secret.ts';
import { readSecretData, type SecretData } from '../../../../src/kubernetes/secret-data.ts';

function secret(values: Readonly<Record<string, string>>): SecretData {
  const entries = Object.entries(values);
  const read = readSecretData({
    metadata: { name: 'fleet', namespace: 'flux-system' },
    data: Object.fromEntries(
      entries.map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  });
  assert.ok(read !== undefined);
  return read;
}

test('for https: user, password, authorities and a client certificate, in both spellings', () => {
  const expected = {
    ok: true,
    credential: {
      authentication: { kind: 'basic', username: 'grace', password: 'p' },
      origin: 'flux-system/fleet',
      authorities: 'CA',
      clientCertificate: { certificate: 'CERT', key: 'KEY' },
    },
  };
  const user = { username: 'grace', password: 'p' };
  const now = { ...user, 'ca.crt': 'CA', 'tls.crt': 'CERT', 'tls.key': 'KEY' };
  const earlier = { ...user, caFile: 'CA', certFile: 'CERT', keyFile: 'KEY' };
  assert.deepEqual(parseFluxSecret(secret(now), 'https'), expected);
  assert.deepEqual(parseFluxSecret(secret(earlier), 'https'), expected);
});

test('for ssh: the key and the known hosts; the password is that of the key', () => {
  const values = { identity: 'PRIVATE', known_hosts: 'git.example.com ssh-ed25519 AAAA' };
  assert.deepEqual(parseFluxSecret(secret(values), 'ssh'), {
    ok: true,
    credential: {
      authentication: { kind: 'ssh', privateKey: 'PRIVATE' },
      origin: 'flux-system/fleet',
      knownHosts: values.known_hosts,
    },
  });
  assert.deepEqual(parseFluxSecret(secret({ ...values, password: 'p' }), 'ssh'), {
    ok: false,
    reason: 'The Secret flux-system/fleet has an ssh key with a passphrase: use a key without one',
  });
});

test('a Secret without values authenticates nobody', () => {
  assert.deepEqual(parseFluxSecret(secret({ 'tls.crt': 'CERT' }), 'https'), {
    ok: true,
    credential: { authentication: { kind: 'none' }, origin: 'flux-system/fleet' },
  });
});
