import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDownloader, readPulledReference } from '../../../src/compose/open-downloader.ts';
import { registriesSchema } from '../../../src/image/registry/settings.ts';
import { bundleRegistrySchema } from '../../../src/policy/registry/settings.ts';
import { bundleServerSchema } from '../../../src/policy/server/settings.ts';

const registries = registriesSchema.parse({
  mirrors: [{ registry: 'docker.io', place: 'mirror.example.com/docker' }],
});

test('openDownloader() knows a server, a registry, and a bundle that needs neither', () => {
  const server = bundleServerSchema.parse({ url: 'https://a.example/b.tar.gz', folder: '/kept' });
  const registry = bundleRegistrySchema.parse({ reference: 'a.example/b', folder: '/kept' });

  assert.equal(openDownloader({ registries }, {}), undefined);
  assert.deepEqual(
    [openDownloader({ server, registries }, {}), openDownloader({ registry, registries }, {})].map(
      (one) => [one?.place, one?.folder, one?.pollMs],
    ),
    [
      ['https://a.example/b.tar.gz', '/kept', 60_000],
      ['a.example/b', '/kept', 60_000],
    ],
  );
});

test('readPulledReference() takes the digest before the tag, and asks the mirror', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const { reference, scope, wanted } = readPulledReference('team/a', registries.mirrors);
  assert.deepEqual(scope, { registry: 'mirror.example.com', repository: 'docker/team/a' });
  assert.equal(wanted, 'latest');
  assert.equal(reference.registry, 'docker.io');
  const pinned = readPulledReference(`a.example/b:prod@${digest}`);
  assert.equal(typeof pinned.wanted !== 'string' && pinned.wanted.text, digest);
  assert.throws(() => readPulledReference('No'), {
    code: 'argument_invalid',
    message: /^"No" is no reference: its repository cannot be used/u,
  });
});
