import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DEFAULT_SOURCE_FOLDER, loadPolicies } from '../../../src/compose/policy-source.ts';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { buildBundle } from '../../../src/authoring/build-bundle.ts';
import { ensureOpa } from '../../../src/authoring/opa-binary.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const environment = process.env;

describe('loadPolicies()', () => {
  it('loads the policies that come with Holdfast where none are named', async () => {
    const { manifest } = await loadPolicies({}, { environment });

    assert.ok(manifest.policies.some(({ name }) => name === 'gitops_only_writes'));
  });

  it('loads a built bundle, the same one that its sources give', async (test) => {
    const folder = join(await makeTemporaryFolder(test), 'bundle');
    const opa = await ensureOpa({ cacheFolder: cacheFolder(environment) });
    const built = await buildBundle({
      sourceFolder: DEFAULT_SOURCE_FOLDER,
      outputFolder: folder,
      opa,
    });

    const { manifest } = await loadPolicies({ bundle: folder }, { environment });

    assert.equal(manifest.revision, built.revision);
    assert.equal(manifest.revision, (await loadPolicies({}, { environment })).manifest.revision);
  });
});
