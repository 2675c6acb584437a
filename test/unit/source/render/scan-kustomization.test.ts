import assert from 'node:assert/strict';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import {
  findKustomizationFault,
  readKustomization,
} from '../../../../src/source/render/scan-kustomization.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function scan(t: TestContext, files: Record<string, string>) {
  const root = await realpath(await makeTemporaryFolder(t, files));
  return findKustomizationFault({ root, folder: join(root, 'app') });
}

test('findKustomizationFault() finds nothing in local kustomizations', async (t) => {
  const files = {
    'app/kustomization.yaml':
      'resources: [../base, a.yaml, none]\npatches: [{path: p.yaml}]\npatchesStrategicMerge:\n- |\n  a: "http://x"\ngenerators: []\n',
    'app/a.yaml': '',
    'base/Kustomization': 'resources: [../app]\n',
  };
  assert.equal(await scan(t, files), undefined);
});

for (const remote of [
  'https://git.example/base',
  'git@git.example:base.git',
  'github.com/a/b',
  'git.example/a//b?ref=main',
  '../base?ref=main',
  'ssh://git@git.example/a',
  'dev.azure.com/a/_git/b',
]) {
  test(`findKustomizationFault() finds the remote base ${remote}`, async (t) => {
    const files = {
      'app/kustomization.yaml': 'resources: [../base]\n',
      'base/kustomization.yml': `resources: ["${remote}"]\n`,
    };
    assert.equal(await scan(t, files), `the kustomization includes "${remote}", which is remote`);
  });
}

for (const [text, reason] of [
  ['helmCharts: []', 'the kustomization inflates charts (helmCharts)'],
  ['generators: [g.yaml]', 'the kustomization has plugins (generators)'],
  [
    'patches: [{path: "http://a.example/p"}]',
    'the kustomization includes "http://a.example/p", which is remote',
  ],
  [
    'openapi: {path: "https://a.example/s"}',
    'the kustomization includes "https://a.example/s", which is remote',
  ],
  ['resources: [../..]', '"../.." leads out of the repository'],
  ['[]', 'kustomization.yaml is no kustomization'],
] as const) {
  test(`findKustomizationFault() refuses ${text}`, async (t) => {
    assert.equal(await scan(t, { 'app/kustomization.yaml': text }), reason);
  });
}

test('readKustomization() says what it cannot read', async (t) => {
  const root = await makeTemporaryFolder(t, {
    'a/kustomization.yaml': 'a: [',
    'b/x': '',
    'c/kustomization.yaml': '',
  });
  const damaged = await readKustomization(join(root, 'a'));
  assert.ok(!damaged.ok);
  assert.match(damaged.reason, /^kustomization\.yaml is no YAML/u);
  assert.deepEqual(await readKustomization(join(root, 'b')), {
    ok: false,
    reason: 'the folder has no kustomization',
  });
  assert.equal((await readKustomization(join(root, 'c'))).ok, true);
});
