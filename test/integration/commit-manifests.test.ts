/** What commits of local repositories declare, rendered from the files that the real git fetched. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import {
  CommitManifests,
  type CommitManifestsOptions,
  type ManifestQuestion,
} from '../../src/compose/commit-manifests.ts';
import { NO_CREDENTIAL } from '../../src/source/mirror/credential.ts';
import { openTreeStore } from '../../src/source/mirror/tree-store.ts';
import { Renderer } from '../../src/source/render/renderer.ts';
import { openTestMirrors } from '../support/git/test-mirrors.ts';
import { makeTestRepository } from '../support/git/test-repository.ts';
import { ENVIRONMENT } from '../support/render-samples.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n';

async function open(
  t: TestContext,
  findCredential: CommitManifestsOptions['findCredential'] = async () => ({
    ok: true,
    credential: NO_CREDENTIAL,
  }),
) {
  const root = await makeTemporaryFolder(t);
  const repository = await makeTestRepository(join(root, 'shop'));
  const { mirrors } = await openTestMirrors(t, { settings: { fileFolders: [root] } });
  const trees = await openTreeStore({ folder: join(root, 'trees'), clock: systemClock, mirrors });
  t.after(() => trees.close());
  const manifests = new CommitManifests({
    trees,
    renderer: new Renderer({ kustomize: undefined, helm: undefined }),
    findCredential,
  });
  const question: Omit<ManifestQuestion, 'objectId'> = {
    repository: `file://${repository.folder}`,
    tracked: 'main',
    access: { tool: 'argocd', project: 'default' },
    path: 'deploy',
    source: {},
    environment: ENVIRONMENT,
    cluster: { namespace: 'shop', kubeVersion: '', apiVersions: [] },
  };
  return {
    commit: async (files: Readonly<Record<string, string>>): Promise<string> => {
      for (const [name, content] of Object.entries(files)) {
        const path = join(repository.folder, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
      await repository.git('add', '--all');
      return await repository.commit('Change');
    },
    render: async (objectId: string, others: Partial<ManifestQuestion> = {}) =>
      await manifests.render({ ...question, objectId, ...others }),
  };
}

test('a commit gives its manifests, by header and as JSON', async (t) => {
  const { commit, render } = await open(t);
  const answer = await render(await commit({ 'deploy/a.yaml': CONFIG, 'README.md': 'x' }));
  const manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    data: { x: '1' },
  };
  const json = JSON.stringify(manifest);
  assert.deepEqual(answer, {
    status: 'rendered',
    type: 'Directory',
    manifests: [
      {
        header: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'a', namespace: undefined, generateName: undefined },
        },
        json,
      },
    ],
    chars: json.length,
    images: [],
  });
});

test('a source that cannot be rendered says why, for ever or for a minute', async (t) => {
  const { commit, render } = await open(t);
  const first = await commit({ 'deploy/a.yaml': CONFIG });
  assert.deepEqual(await render(first, { source: { plugin: {} } }), {
    status: 'not-comparable',
    reason: 'the source is rendered by a plugin',
  });
  const second = await commit({ 'deploy/Chart.yaml': 'name: shop\nversion: 1.0.0\n' });
  assert.deepEqual(await render(second), {
    status: 'not-comparable',
    reason: 'there is no program helm: install it on PATH',
    retryAfterMs: 60_000,
  });
});

test('files that were too large to be fetched make a source that may read them not comparable', async (t) => {
  const { commit, render } = await open(t);
  const large = 'x'.repeat(5_000_000);
  const apart = await commit({ 'deploy/a.yaml': CONFIG, 'docs/film.mp4': large });
  assert.equal((await render(apart)).status, 'rendered');
  const inside = await commit({ 'deploy/model.bin': large });
  assert.deepEqual(await render(inside, { path: './deploy/' }), {
    status: 'not-comparable',
    reason: 'the file "deploy/model.bin" is too large to be fetched',
  });
});

test('a repository that is away is unavailable, and one without the commit not comparable for a minute', async (t) => {
  const { commit, render } = await open(t);
  const objectId = await commit({ 'deploy/a.yaml': CONFIG });
  const away = await render(objectId, { repository: 'file:///nowhere/shop' });
  assert.equal(away.status === 'rendered', false);
  const absent = await render('f'.repeat(40));
  assert.deepEqual(absent.status === 'not-comparable' && absent.retryAfterMs, 60_000);
});

test('what is no repository is not comparable, and one whose credential cannot be read is unavailable', async (t) => {
  const reason = 'The Secret argocd/shop cannot be read';
  const { commit, render } = await open(t, async () => ({ ok: false, reason }));
  const objectId = await commit({ 'deploy/a.yaml': CONFIG });
  assert.deepEqual(await render(objectId), { status: 'unavailable', reason, retryAfterMs: 10_000 });
  const other = await render(objectId, { repository: 'ext::sh -c whoami' });
  assert.equal(other.status, 'not-comparable');
});

test('the images of manifests are told, each once', async (t) => {
  const { commit, render } = await open(t);
  const pod = (name: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {containers: [{name: a, image: "shop:1"}]}\n`;
  const answer = await render(
    await commit({ 'deploy/a.yaml': pod('a'), 'deploy/b.yaml': pod('b') }),
  );
  assert.deepEqual(answer.status === 'rendered' && answer.images, ['shop:1']);
});

test('Flux applies every manifest below a folder, and says so where it does something else', async (t) => {
  const { commit, render } = await open(t);
  const access = { tool: 'flux' } as const;
  const asFlux = async (objectId: string, source: object = {}) => {
    const answer = await render(objectId, { access, source: { ...source } });
    if (answer.status === 'rendered') return answer.manifests.length;
    return answer.status === 'not-comparable' ? answer.reason : answer.status;
  };
  const first = await commit({
    'deploy/a.yaml': CONFIG,
    'deploy/more/b.yml': CONFIG,
    'deploy/c.json': '{}',
    'deploy/Chart.yaml': 'name: x\n',
  });
  assert.equal(await asFlux(first), 2);
  assert.equal(
    await asFlux(first, { kustomize: { namePrefix: 'x-' } }),
    'Flux makes a kustomization of the folder and changes it',
  );
  const second = await commit({ 'deploy/more/kustomization.yaml': 'resources: [b.yml]\n' });
  assert.equal(
    await asFlux(second),
    '"more/kustomization.yaml" is a kustomization in a folder without one',
  );
  const third = await commit({ 'other/.sourceignore': '*' });
  assert.equal(await asFlux(third), '"other/.sourceignore" takes files out of the source');
});
