/** The command reads a registry of a cloud by its own name, with the metadata server at its own address: in a network of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const OWN_NETWORK = ['--map-root-user', '--mount', '--net'];

/** Why there can be no such network here: `ip` and `unshare` are missing, or the system does not let us. */
const { status, error } = spawnSync('unshare', [...OWN_NETWORK, 'ip', 'link', 'set', 'lo', 'up']);
const skip = status === 0 ? false : `no network of its own can be made: ${error?.message ?? ''}`;

const resultSchema = z.object({
  asked: z.array(z.string()),
  exitCode: z.number(),
  verdict: z.string(),
});

async function verify(t: TestContext, options: readonly string[]) {
  const folder = await makeTemporaryFolder(t, {});
  const program = join(import.meta.dirname, '../support/images/cloud-network.ts');
  const ran = spawnSync(
    'unshare',
    [...OWN_NETWORK, process.execPath, program, folder, ...options],
    { encoding: 'utf8', timeout: 120_000 },
  );
  assert.equal(ran.status, 0, ran.stderr);
  return resultSchema.parse(JSON.parse(ran.stdout));
}

const TOKEN = '/computeMetadata/v1/instance/service-accounts/default/token';

test('a registry of a cloud is read with the identity of this machine', { skip }, async (t) => {
  const { asked, exitCode, verdict } = await verify(t, ['--cloud-credentials', 'gcp']);
  assert.deepEqual(asked.slice(0, 4), [
    'registry GET /v2/project/shop/manifests/1',
    `metadata GET ${TOKEN}`,
    'registry GET /token',
    'registry GET /v2/project/shop/manifests/1',
  ]);
  assert.equal(asked.filter((one) => one.startsWith('metadata')).length, 1);
  assert.match(verdict, /^verified +signed by the key /u);
  assert.equal(exitCode, 0);
});

test(
  'nothing is asked of a metadata server where no cloud is named, or another',
  { skip },
  async (t) => {
    for (const options of [[], ['--cloud-credentials', 'ecr', '--cloud-credentials', 'acr']]) {
      const { asked, exitCode, verdict } = await verify(t, options);
      assert.deepEqual(asked, ['registry GET /v2/project/shop/manifests/1', 'registry GET /token']);
      assert.match(
        verdict,
        /^rejected +image_access_denied: .* gives no token without a credential/u,
      );
      assert.equal(exitCode, 1);
    }
  },
);
