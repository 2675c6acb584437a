import assert from 'node:assert/strict';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Renderer } from '../../../../src/source/render/renderer.ts';
import type { RenderRequest } from '../../../../src/source/render/renderer.ts';
import { ENVIRONMENT, WEB } from '../../../support/render-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const NO_PROGRAMS = { kustomize: undefined, helm: undefined };

function requestOf(root: string, others: Partial<RenderRequest> = {}): RenderRequest {
  return {
    root,
    commit: 'c1',
    path: 'app',
    source: {},
    environment: ENVIRONMENT,
    cluster: { namespace: 'shop', kubeVersion: '', apiVersions: [] },
    ...others,
  };
}

test('Renderer reads a commit once, however many ask, and another commit again', async (t) => {
  const root = await makeTemporaryFolder(t, { 'app/a.yaml': WEB });
  const renderer = new Renderer(NO_PROGRAMS);
  const [first, second] = await Promise.all([
    renderer.render(requestOf(root)),
    renderer.render(requestOf(root)),
  ]);
  assert.equal(first, second);
  await writeFile(join(root, 'app/b.yaml'), WEB);
  assert.equal(await renderer.render(requestOf(root)), first);
  const other = await renderer.render(requestOf(root, { commit: 'c2' }));
  assert.equal(other.status === 'rendered' && other.manifests.length, 2);
});

for (const [name, files, others, expected] of [
  ['a folder that is not there', {}, {}, ['not-comparable', 'there is no folder "app"']],
  [
    'a plugin',
    { 'app/a.yaml': WEB },
    { source: { plugin: { name: 'x' } } },
    ['not-comparable', 'the source is rendered by a plugin'],
  ],
  [
    'a malformed source',
    { 'app/a.yaml': WEB },
    { source: { helm: 1 } },
    ['not-comparable', 'the source is malformed in "helm"'],
  ],
  [
    'an override that is no YAML',
    { 'app/.argocd-source.yaml': 'a: [' },
    {},
    ['not-comparable', '.argocd-source.yaml is no YAML'],
  ],
  [
    'an override of the application',
    { 'app/.argocd-source-shop.yaml': 'plugin: {}' },
    {},
    ['not-comparable', 'the source is rendered by a plugin'],
  ],
  [
    'a kustomization without kustomize',
    { 'app/kustomization.yaml': '' },
    {},
    ['failed', 'there is no program kustomize or kubectl: install it on PATH'],
  ],
  [
    'a chart without helm',
    { 'app/Chart.yaml': '' },
    {},
    ['failed', 'there is no program helm: install it on PATH'],
  ],
] as const) {
  test(`Renderer answers for ${name}`, async (t) => {
    const root = await makeTemporaryFolder(t, { x: '', ...files });
    const rendered = await new Renderer(NO_PROGRAMS).render(requestOf(root, others));
    assert.deepEqual(
      [rendered.status, rendered.status === 'rendered' ? '' : rendered.reason],
      expected,
    );
  });
}

test('Renderer gives no tree to a program that has a link out of it', async (t) => {
  const root = await makeTemporaryFolder(t, { 'app/kustomization.yaml': '' });
  await symlink('/etc/hosts', join(root, 'hosts'));
  assert.deepEqual(await new Renderer(NO_PROGRAMS).render(requestOf(root)), {
    status: 'not-comparable',
    reason: 'the link "hosts" leads out of the repository',
  });
});

test('Renderer tries again what failed', async (t) => {
  const root = await makeTemporaryFolder(t, { 'app/Chart.yaml': '' });
  const renderer = new Renderer(NO_PROGRAMS);
  const first = await renderer.render(requestOf(root));
  assert.notEqual(await renderer.render(requestOf(root)), first);
});

test('Renderer keeps nothing where its caller does, but shares what runs', async (t) => {
  const root = await makeTemporaryFolder(t, { 'app/a.yaml': WEB });
  const renderer = new Renderer(NO_PROGRAMS, 0);
  const [first, second] = await Promise.all([
    renderer.render(requestOf(root)),
    renderer.render(requestOf(root)),
  ]);
  assert.equal(first, second);
  assert.notEqual(await renderer.render(requestOf(root)), first);
});
