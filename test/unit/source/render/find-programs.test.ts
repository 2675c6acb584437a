import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findRenderPrograms } from '../../../../src/source/render/find-programs.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('findRenderPrograms() prefers kustomize to kubectl, and misses what is not there', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'a/kubectl': '', 'b/kustomize': '', 'b/helm': '' });
  for (const name of ['a/kubectl', 'b/kustomize', 'b/helm']) await chmod(join(folder, name), 0o755);
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  assert.deepEqual(findRenderPrograms(`${a}:${b}`), {
    kustomize: { path: join(b, 'kustomize'), command: 'build' },
    helm: join(b, 'helm'),
  });
  assert.deepEqual(findRenderPrograms(a), {
    kustomize: { path: join(a, 'kubectl'), command: 'kustomize' },
    helm: undefined,
  });
  assert.deepEqual(findRenderPrograms(''), { kustomize: undefined, helm: undefined });
});
