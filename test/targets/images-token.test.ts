/** The real registry that asks for tokens: we get one for each repository, for reading alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDigest } from '../../src/image/match-digest.ts';
import { readAttachedLayers } from '../../src/image/read-attached-layers.ts';
import { openClient } from '../support/images/registry-access.ts';
import { RegistryServer } from '../support/images/registry-server.ts';

const EVERYTHING = { mayHold: () => true, isWanted: () => true };

test('a real registry that asks for tokens', async (t) => {
  const registry = await RegistryServer.start(t, { asksForTokens: true });
  const layer = { bytes: Buffer.from('beside'), mediaType: 'text/plain' };
  const digests = new Map<string, string>();
  for (const name of ['shop', 'team/other']) {
    const image = await registry.push(name, 'v1');
    await registry.attach(name, { image, layer });
    await registry.attach(name, { image, layer, suffix: 'sig' });
    digests.set(name, image);
  }
  const { client } = openClient(t, [registry.host, registry.tokenHost]);

  for (const [repository, text] of digests) {
    const scope = { registry: registry.host, repository };
    const reading = await client.readManifest(scope, 'v1');
    const digest = parseDigest(text);
    assert.ok(digest !== undefined);
    assert.deepEqual(reading.status === 'read' && reading.digest, digest);
    const { layers, faults } = await readAttachedLayers(client, scope, {
      digest,
      wanted: EVERYTHING,
    });
    assert.deepEqual(faults, []);
    assert.deepEqual(
      layers.map(({ bytes }) => bytes.toString()),
      ['beside', 'beside'],
    );
  }
  assert.equal(registry.tokensGiven, 2);

  const { client: stranger } = openClient(t, [registry.host]);
  const refused = await stranger.readManifest(
    { registry: registry.host, repository: 'shop' },
    'v1',
  );
  assert.equal(refused.status === 'rejected' && refused.code, 'image_registry_refused');
});
