import assert from 'node:assert/strict';
import { realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { NO_DIRECTORY } from '../../../../src/source/parse-render-parameters.ts';
import { readDirectory } from '../../../../src/source/render/read-directory.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

function manifest(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
}

async function read(t: TestContext, files: Record<string, string>, parameters: object = {}) {
  const root = await realpath(await makeTemporaryFolder(t, files));
  return readFolder(root, parameters);
}

async function readFolder(root: string, parameters: object = {}) {
  const source = { root, folder: join(root, 'app') };
  const result = await readDirectory(source, { ...NO_DIRECTORY, ...parameters });
  if (result.status !== 'rendered') return result;
  return result.manifests
    .map((one) => (one.manifest['metadata'] as { name: string }).name)
    .toSorted();
}

const FILES = {
  'app/a.yaml': manifest('a'),
  'app/b.yml': manifest('b'),
  'app/c.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}',
  'app/d.txt': manifest('d'),
  'app/sub/e.yaml': `${manifest('e')}---\n${manifest('f')}`,
  'app/values.yaml': 'replicas: 1\n',
  'app/skipped.yaml': `# +argocd:skip-file-rendering\n${manifest('g')}`,
};

test('readDirectory() reads the manifests of a folder as Argo CD does', async (t) => {
  assert.deepEqual(await read(t, FILES), ['a', 'b', 'c']);
  assert.deepEqual(await read(t, FILES, { recurse: true }), ['a', 'b', 'c', 'e', 'f']);
});

test('readDirectory() knows include and exclude', async (t) => {
  assert.deepEqual(await read(t, FILES, { include: '*.yml' }), ['b']);
  assert.deepEqual(await read(t, FILES, { recurse: true, exclude: '{sub/*,a.yaml}' }), ['b', 'c']);
  for (const parameters of [{ include: '[ab].yaml' }, { exclude: '[ab].yaml' }]) {
    assert.deepEqual(await read(t, FILES, parameters), {
      status: 'not-comparable',
      reason: 'include or exclude is a pattern that is not supported',
    });
  }
});

test('readDirectory() follows links within the repository, and refuses others', async (t) => {
  const root = await realpath(
    await makeTemporaryFolder(t, { 'app/a.yaml': manifest('a'), 'shared.yaml': manifest('s') }),
  );
  await symlink('../shared.yaml', join(root, 'app/link.yaml'));
  await symlink('nowhere.yaml', join(root, 'app/dangling.yaml'));
  assert.deepEqual(await readFolder(root), ['a', 's']);
  await symlink('/etc/hosts', join(root, 'app/out.yaml'));
  assert.deepEqual(await readFolder(root), {
    status: 'not-comparable',
    reason: 'the link "app/out.yaml" leads out of the repository',
  });
});

for (const [name, files, reason] of [
  ['Jsonnet', { 'app/a.jsonnet': '{}' }, '"a.jsonnet" is Jsonnet, which is not evaluated'],
  ['a damaged manifest', { 'app/a.yaml': `${manifest('a')}kind: b\n` }, /^"a\.yaml": line 4/u],
  [
    'a file that is too large',
    { 'app/a.yaml': '#'.repeat(11 * 2 ** 20) },
    /cannot be read: it is larger/u,
  ],
] as const) {
  test(`readDirectory() does not read ${name}`, async (t) => {
    const result = await read(t, files);
    assert.ok(!Array.isArray(result) && 'reason' in result);
    if (typeof reason === 'string') assert.equal(result.reason, reason);
    else assert.match(result.reason, reason);
  });
}
