import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import type { AssetFamily } from './families.ts';
import {
  ARGOCD_FAMILIES,
  FLUX_FAMILIES,
  prepareArgoCdAssets,
  prepareFluxAssets,
} from './gitops.ts';

/** A cache in which the family was built before. */
async function makeCache(test: TestContext, family: AssetFamily, paths: readonly string[] = []) {
  const names = [...family.programs, ...(family.files ?? [])].map(({ name }) => name);
  const files = [...names.map((name) => `assets/${family.folder}/${name}`), ...paths];
  const cacheFolder = await makeTemporaryFolder(
    test,
    Object.fromEntries(files.map((file) => [file, ''])),
  );
  await Promise.all(files.map((file) => chmod(join(cacheFolder, file), 0o700)));
  return { cacheFolder, built: join(cacheFolder, 'assets', family.folder) };
}

describe('prepareArgoCdAssets()', () => {
  it('finds what was built before, and Redis on PATH', async (test) => {
    const { cacheFolder, built } = await makeCache(test, ARGOCD_FAMILIES.current, [
      'path/redis-server',
    ]);
    const environment = { PATH: join(cacheFolder, 'path') };
    assert.deepEqual(await prepareArgoCdAssets({ cacheFolder, environment }), {
      redisServer: join(cacheFolder, 'path', 'redis-server'),
      argocd: join(built, 'argocd'),
      installManifest: join(built, 'install.yaml'),
    });
  });

  it('takes the program from HOLDFAST_ASSETS where it is there', async (test) => {
    const { cacheFolder } = await makeCache(test, ARGOCD_FAMILIES.current, [
      'path/redis-server',
      'mine/argocd',
    ]);
    const environment = {
      PATH: join(cacheFolder, 'path'),
      HOLDFAST_ASSETS: join(cacheFolder, 'mine'),
    };
    const { argocd } = await prepareArgoCdAssets({ cacheFolder, environment });
    assert.equal(argocd, join(cacheFolder, 'mine', 'argocd'));
  });
});

describe('prepareFluxAssets()', () => {
  it('finds what was built before', async (test) => {
    const { cacheFolder, built } = await makeCache(test, FLUX_FAMILIES.current);
    const kinds = ['kustomizations', 'buckets', 'gitrepositories', 'ocirepositories'];
    assert.deepEqual(await prepareFluxAssets({ cacheFolder, environment: { PATH: '' } }), {
      kustomizeController: join(built, 'kustomize-controller'),
      manifests: {
        kinds: kinds.map((kind) => join(built, `${kind}.yaml`)),
        deployment: join(built, 'deployment.yaml'),
      },
    });
  });
});
