import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import type { TestContext } from 'node:test';
import { prepareAssets } from './assets.ts';
import { ETCD_FAMILY, KUBERNETES_FAMILY } from './families.ts';

const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'];

async function makePrograms(test: TestContext, paths: readonly string[]): Promise<string> {
  const folder = await makeTemporaryFolder(
    test,
    Object.fromEntries(paths.map((path) => [path, ''])),
  );
  await Promise.all(paths.map((path) => chmod(join(folder, path), 0o700)));
  return folder;
}

describe('prepareAssets()', () => {
  it('takes every program from HOLDFAST_ASSETS, kubectl before the one on PATH', async (test) => {
    const folder = await makePrograms(test, [...NAMES, 'path/kubectl']);
    const environment = { HOLDFAST_ASSETS: folder, PATH: join(folder, 'path') };
    const assets = await prepareAssets({ cacheFolder: '/nowhere', environment });
    assert.deepEqual(assets, Object.fromEntries(NAMES.map((name) => [name, join(folder, name)])));
  });

  it('takes kubectl from PATH where HOLDFAST_ASSETS has none', async (test) => {
    const folder = await makePrograms(test, [...NAMES.slice(0, 3), 'path/kubectl']);
    const environment = { HOLDFAST_ASSETS: folder, PATH: `/nowhere::${join(folder, 'path')}` };
    const { kubectl } = await prepareAssets({ cacheFolder: '/nowhere', environment });
    assert.equal(kubectl, join(folder, 'path', 'kubectl'));
  });

  it('says what is missing in HOLDFAST_ASSETS, and what to do', async (test) => {
    const folder = await makePrograms(test, ['etcd']);
    const environment = { HOLDFAST_ASSETS: folder, PATH: '' };
    await assert.rejects(prepareAssets({ cacheFolder: '/nowhere', environment }), {
      message: `Cannot find kube-apiserver in HOLDFAST_ASSETS: "${folder}/kube-apiserver" is no executable file; put it there, or unset the variable to have it built`,
    });
  });

  it('finds what was built before, without a network or a child process', async (test) => {
    const paths = [
      `assets/${ETCD_FAMILY.folder}/etcd`,
      ...NAMES.slice(1).map((name) => `assets/${KUBERNETES_FAMILY.folder}/${name}`),
    ];
    const cacheFolder = await makePrograms(test, paths);
    const printed: string[] = [];
    const assets = await prepareAssets({
      cacheFolder,
      environment: { PATH: '' },
      print: (line) => printed.push(line),
    });
    assert.deepEqual(
      Object.values(assets),
      paths.map((path) => join(cacheFolder, path)),
    );
    assert.deepEqual(printed, []);
  });
});
