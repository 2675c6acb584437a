import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readKnownPolicies } from '../../../src/authoring/read-known-policies.ts';
import { loadBundle } from '../../../src/policy/load-bundle.ts';
import { bundleFolder } from '../../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const described = (policies: Awaited<ReturnType<typeof readKnownPolicies>> = []) =>
  policies
    .map(({ name, parameters }) => ({ name, parameters }))
    .toSorted((a, b) => a.name.localeCompare(b.name));

describe('readKnownPolicies()', () => {
  it('reads from the sources what the built bundle says', async () => {
    const { manifest } = await loadBundle(await bundleFolder());

    assert.deepEqual(
      described(await readKnownPolicies('/app/bundle')),
      described(manifest.policies),
    );
  });

  it('reads a bundle that is there, and refuses one that is damaged', async (t) => {
    const folder = await bundleFolder();
    const { manifest } = await loadBundle(folder);

    assert.deepEqual(described(await readKnownPolicies(folder)), described(manifest.policies));
    await assert.rejects(readKnownPolicies(await makeTemporaryFolder(t, { 'manifest.json': '' })), {
      code: 'policy_bundle_invalid',
    });
  });

  it('knows none where there is neither', async (t) => {
    const folder = await makeTemporaryFolder(t, {});
    assert.equal(await readKnownPolicies('/app/bundle', `${folder}/policies`), undefined);
  });
});
