import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchGcpHost } from '../../../../../src/image/registry/providers/match-gcp-host.ts';

test('matchGcpHost() knows the registries of Artifact Registry and Container Registry', () => {
  for (const host of [
    'gcr.io',
    'eu.gcr.io',
    'asia.gcr.io',
    'mirror.gcr.io',
    'europe-docker.pkg.dev',
    'europe-west1-docker.pkg.dev',
    'us-docker.pkg.dev',
  ]) {
    assert.equal(matchGcpHost(host), true, host);
  }
});

test('matchGcpHost() knows no other host', () => {
  for (const host of [
    '',
    'evilgcr.io',
    'evil-gcr.io',
    'gcr.io.evil.example',
    'a.b.gcr.io',
    '.gcr.io',
    '-docker.pkg.dev',
    'docker.pkg.dev',
    'pkg.dev',
    'europe-west1-npm.pkg.dev',
    'europe.evil-docker.pkg.dev',
    'europe-west1-docker.pkg.dev.evil.example',
    'evil.example/europe-west1-docker.pkg.dev',
    'europe-west1-docker.pkg.dev:443',
    'gcr.io\n',
    'GCR.IO',
    'registry.k8s.io',
  ]) {
    assert.equal(matchGcpHost(host), false, host);
  }
});

test('matchGcpHost() accepts one name below a domain of Google, whatever the registry is called', () => {
  const piece = fc.constantFrom(
    'eu',
    'gcr.io',
    '.gcr.io',
    '-docker.pkg.dev',
    '.pkg.dev',
    '.',
    '-',
    'evil.example',
    '/',
    '@',
    ':',
    '?',
    '#',
    '\n',
    'A',
  );
  const built = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  const near = fc
    .tuple(fc.string({ unit: 'binary' }), fc.constantFrom('.gcr.io', '-docker.pkg.dev'))
    .map(([name, domain]) => `${name}${domain}`);
  fc.assert(
    fc.property(fc.oneof(built, near), (text) => {
      if (!matchGcpHost(text)) return;
      assert.match(text, /^(?:(?:[a-z0-9-]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev)$/u);
      assert.equal(new URL(`https://${text}/`).host, text);
    }),
    { numRuns: 2000 },
  );
});
