import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');

it('the image gets a bundle that loads, and that another user than its builder can read', async (test) => {
  const bundle = join(await makeTemporaryFolder(test), 'bundle');
  const argv = [join(ROOT, 'src', 'main.ts'), 'policy', 'build', 'policies', '--out', bundle];

  await promisify(execFile)(process.execPath, argv, { cwd: ROOT });

  const { manifest } = await loadBundle(bundle);
  assert.ok(manifest.policies.some(({ name }) => name === 'gitops_only_writes'));
  assert.equal((await stat(bundle)).mode & 0o755, 0o755);
  for (const file of await readdir(bundle)) {
    assert.equal((await stat(join(bundle, file))).mode & 0o044, 0o044, file);
  }
});
