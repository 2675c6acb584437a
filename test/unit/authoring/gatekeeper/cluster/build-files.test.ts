import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  buildFiles,
  readBuilt,
} from '../../../../../src/authoring/gatekeeper/cluster/build-files.ts';
import { ensureOpa } from '../../../../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../../../../src/base/cache-folder.ts';
import { policyText } from '../../../../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../../../../support/temporary-folder.ts';

const POLICY = { 'sample/sample.rego': policyText() };

describe('buildFiles()', () => {
  it('gives the manifest, and every file that it lists', async (t) => {
    const sourceFolder = await makeTemporaryFolder(t, POLICY);
    const opa = await ensureOpa({ cacheFolder: cacheFolder() });

    const { manifest, files } = await buildFiles({ sourceFolder, opa });

    assert.deepEqual(
      manifest.policies.map(({ name }) => name),
      ['sample'],
    );
    assert.equal(Buffer.from(files.get('sample/sample.rego') ?? []).toString(), policyText());
  });
});

describe('readBuilt()', () => {
  it('refuses a bundle that no replica would read', async (t) => {
    const folder = await makeTemporaryFolder(t, { 'lib/\tnames.rego': 'package names\n' });

    await assert.rejects(readBuilt(folder), {
      code: 'policy_bundle_invalid',
      message:
        'The bundle cannot be read: the file name "lib/\\tnames.rego" has a backslash, a control character, or what is not UTF-8',
    });
  });
});
