import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeBundle } from '../../../src/authoring/write-bundle.ts';
import { loadConfiguredBundle } from '../../../src/compose/load-configured-bundle.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import { readBundleFiles } from '../../../src/policy/bundle/read-bundle-files.ts';
import { signBundle } from '../../../src/policy/bundle/sign-bundle.ts';
import { KEY_MAKERS, makeBundleKey } from '../../support/bundle-keys.ts';
import { bundleFolder } from '../../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

test('a configured bundle must be signed where keys are configured; the one of Holdfast need not', async (t) => {
  const own = await bundleFolder();
  const files = await readBundleFiles(own);
  assert.ok(files.ok);
  const key = await makeBundleKey();
  const folder = await makeTemporaryFolder(t, {
    'key.jwk': JSON.stringify(key.publicJwk),
    'other.pem': KEY_MAKERS.ES256().publicPem,
  });
  const signed = await signBundle(files.value, { key, nowMs: Date.now() });
  assert.ok(signed.ok);
  const bundle = join(folder, 'bundle.tar.gz');
  await writeBundle(bundle, signed.value);
  const { policies, images } = defaultConfiguration(folder);
  const load = (name: string | undefined, keyFiles: readonly string[]) => {
    const keys = keyFiles.map((file) => ({ file: join(folder, file), scope: '' }));
    const configured = { policies: { ...policies, bundle: name, keys }, images };
    return loadConfiguredBundle(configured, { defaultBundle: () => own });
  };

  const { signature } = await load(bundle, ['other.pem', 'key.jwk']);
  assert.equal(signature?.keyId, key.keyId);
  assert.equal((await load(own, [])).signature, undefined);
  assert.equal((await load(undefined, ['key.jwk'])).signature, undefined);
  await assert.rejects(load(own, ['key.jwk']), { code: 'policy_bundle_untrusted' });
  await assert.rejects(load(bundle, ['other.pem']), { code: 'policy_bundle_untrusted' });
  await assert.rejects(load(bundle, ['absent.pem']), { code: 'policy_bundle_key_unusable' });
});
