import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseDockerConfig,
  parseLegacyDockerConfig,
} from '../../../../src/image/registry/parse-docker-config.ts';

function read(auths: object) {
  const reading = parseDockerConfig(Buffer.from(JSON.stringify({ auths, credsStore: 'desktop' })));
  return reading.ok ? Object.fromEntries(reading.credentials) : reading.reason;
}

const auth = Buffer.from('ada:secret:with:colons').toString('base64');
const password = { kind: 'password', username: 'ada', password: 'secret:with:colons' };

test('parseDockerConfig() reads passwords and identity tokens', () => {
  assert.deepEqual(
    read({
      'registry.example.com:5000': { auth },
      'other.example.com': { username: 'ada', password: 'p' },
      'example.azurecr.io': { auth, identitytoken: 'refresh' },
      'by-a-program.example.com': {},
    }),
    {
      'registry.example.com:5000': password,
      'other.example.com': { kind: 'password', username: 'ada', password: 'p' },
      'example.azurecr.io': { kind: 'identity-token', token: 'refresh' },
    },
  );
});

test('parseDockerConfig() knows the names under which tools keep a registry', () => {
  for (const key of [
    'https://index.docker.io/v1/',
    'docker.io',
    'index.docker.io',
    'registry-1.docker.io',
  ]) {
    assert.deepEqual(read({ [key]: { auth } }), { 'docker.io': password }, key);
  }
  for (const key of [
    'ghcr.io',
    'GHCR.io',
    'https://ghcr.io',
    'https://ghcr.io/',
    'ghcr.io/v2/',
    'ghcr.io:443',
  ]) {
    assert.deepEqual(read({ [key]: { auth } }), { 'ghcr.io': password }, key);
  }
});

test('parseDockerConfig() gives no credential for patterns and paths', () => {
  for (const key of ['*.example.com', 'example.com/team', 'reg?stry.example.com', '*']) {
    assert.deepEqual(read({ [key]: { auth } }), {}, key);
  }
});

test('parseDockerConfig() refuses the file for one entry, and shows nothing of it', () => {
  const bad = Buffer.from('no colon').toString('base64');
  assert.equal(read({ 'ghcr.io': { auth: bad } }), 'the credential for "ghcr.io" cannot be read');
  assert.equal(read({ 'ghcr.io': { auth: 1 } }), '"auths" is no table of credentials');
  const text = Buffer.from('{"auths":{"a.io":{"auth":"x"},"a.io":{"auth":"y"}}}');
  assert.deepEqual(parseDockerConfig(text), { ok: false, reason: 'it is no JSON' });
  assert.deepEqual(parseDockerConfig(Buffer.from('{}')), { ok: true, credentials: new Map() });
});

test('parseLegacyDockerConfig() reads the table alone', () => {
  const readLegacy = (text: string) => {
    const reading = parseLegacyDockerConfig(Buffer.from(text));
    return reading.ok ? Object.fromEntries(reading.credentials) : reading.reason;
  };
  assert.deepEqual(readLegacy(JSON.stringify({ 'https://index.docker.io/v1/': { auth } })), {
    'docker.io': password,
  });
  assert.equal(readLegacy('x'), 'it is no JSON');
  assert.equal(readLegacy('{"ghcr.io":1}'), 'it is no table of credentials');
  assert.equal(
    readLegacy('{"ghcr.io":{"auth":"bm9jb2xvbg=="}}'),
    'the credential for "ghcr.io" cannot be read',
  );
});
