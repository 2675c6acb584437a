import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArgocdSecret } from '../../../../src/source/mirror/parse-argocd-secret.ts';
import { readSecretData, type SecretData } from '../../../../src/kubernetes/secret-data.ts';

function secret(type: string, values: Readonly<Record<string, string>>): SecretData {
  const entries = Object.entries(values);
  const read = readSecretData({
    metadata: {
      name: 'repo-shop',
      namespace: 'argocd',
      labels: { 'argocd.argoproj.io/secret-type': type },
    },
    data: Object.fromEntries(
      entries.map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  });
  assert.ok(read !== undefined);
  return read;
}

const url = 'https://git.example.com/acme/shop';

test('a repository with user and password is read', () => {
  const values = { url, type: 'git', username: 'grace', password: 'p', project: 'shop' };
  assert.deepEqual(parseArgocdSecret(secret('repository', values)), {
    kind: 'repository',
    url,
    project: 'shop',
    authenticates: true,
    reading: {
      ok: true,
      credential: {
        authentication: { kind: 'basic', username: 'grace', password: 'p' },
        origin: 'argocd/repo-shop',
      },
    },
  });
});

test('a template with a client certificate authenticates by it', () => {
  const values = { url, tlsClientCertData: 'CERT', tlsClientCertKey: 'KEY' };
  assert.deepEqual(parseArgocdSecret(secret('repo-creds', values)), {
    kind: 'template',
    url,
    project: undefined,
    authenticates: true,
    reading: {
      ok: true,
      credential: {
        authentication: { kind: 'none' },
        origin: 'argocd/repo-shop',
        clientCertificate: { certificate: 'CERT', key: 'KEY' },
      },
    },
  });
});

test('a repository with a URL alone does not authenticate', () => {
  const parsed = parseArgocdSecret(secret('repository', { url, insecure: 'false' }));

  assert.equal(parsed?.authenticates, false);
  assert.equal(parsed?.reading.ok, true);
});

test('what is no Git repository is not read', () => {
  assert.equal(parseArgocdSecret(secret('cluster', { url })), undefined);
  assert.equal(parseArgocdSecret(secret('repository', { url, type: 'helm' })), undefined);
  assert.equal(parseArgocdSecret(secret('repository', { type: 'git' })), undefined);
});

test('what weakens the check of the server is refused with the way to do without', () => {
  for (const [key, remedy] of [
    ['insecure', /argocd-tls-certs-cm/u],
    ['insecureIgnoreHostKey', /argocd-ssh-known-hosts-cm/u],
    ['proxy', /mirrors\.credentials/u],
    ['gcpServiceAccountKey', /mirrors\.credentials/u],
    ['useAzureWorkloadIdentity', /mirrors\.credentials/u],
  ] as const) {
    const reading = parseArgocdSecret(secret('repository', { url, [key]: 'true' }))?.reading;
    assert.ok(reading?.ok === false);
    assert.match(reading.reason, remedy);
    assert.match(reading.reason, /argocd\/repo-shop/u);
  }
});

test('a way to authenticate that cannot be used is a reason that names the Secret', () => {
  const parsed = parseArgocdSecret(secret('repository', { url, bearerToken: 'a b' }));

  assert.equal(parsed?.authenticates, true);
  assert.deepEqual(parsed?.reading, {
    ok: false,
    reason: 'The Secret argocd/repo-shop has a bearer token with characters that no token has',
  });
});
