import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { loadBundle } from '../../src/policy/load-bundle.ts';

const ROOT = join(import.meta.dirname, '..', '..');

it('the image gets a bundle that loads, and that another user than its builder can read', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-image-bundle-'));
  context.after(() => rm(folder, { recursive: true }));
  const bundle = join(folder, 'bundle');
  const script = join(ROOT, 'deploy', 'build-policies.ts');
  await promisify(execFile)(process.execPath, [script, join(ROOT, 'policies'), bundle]);
  const { manifest } = await loadBundle(bundle);
  assert.ok(manifest.policies.some(({ name }) => name === 'gitops_only_writes'));
  assert.equal((await stat(bundle)).mode & 0o755, 0o755);
  for (const file of await readdir(bundle)) {
    assert.equal((await stat(join(bundle, file))).mode & 0o044, 0o044, file);
  }
});
