/** Kustomizations rendered by the kustomize that kubectl has inside, with the parameters of an Application. */
import assert from 'node:assert/strict';
import { realpath } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { Renderer } from '../../src/source/render/renderer.ts';
import { prepareAssets } from '../support/assets/assets.ts';
import { at } from '../support/manifest-samples.ts';
import { ENVIRONMENT, WEB } from '../support/render-samples.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const BASE = { 'base/web.yaml': WEB, 'base/kustomization.yaml': 'resources: [web.yaml]\n' };
const OVERLAY = { ...BASE, 'app/kustomization.yaml': 'resources: [../base]\nnamePrefix: a-\n' };

describe('kustomize', () => {
  let renderer: Renderer;
  before(async () => {
    const { kubectl } = await prepareAssets({ cacheFolder: cacheFolder() });
    renderer = new Renderer({
      kustomize: { path: kubectl, command: 'kustomize' },
      helm: undefined,
    });
  });

  async function render(t: TestContext, files: Record<string, string>, kustomize?: object) {
    const root = await realpath(await makeTemporaryFolder(t, files));
    return renderer.render({
      root,
      commit: root,
      path: 'app',
      source: kustomize === undefined ? {} : { kustomize },
      environment: ENVIRONMENT,
      cluster: { namespace: 'shop', kubeVersion: '', apiVersions: [] },
    });
  }

  async function renderOne(t: TestContext, files: Record<string, string>, kustomize?: object) {
    const rendered = await render(t, files, kustomize);
    assert.ok(rendered.status === 'rendered', JSON.stringify(rendered));
    const [first] = rendered.manifests;
    return first?.manifest ?? {};
  }

  it('renders an overlay of a base', async (t) => {
    const manifest = await renderOne(t, OVERLAY);
    assert.equal(at(manifest, 'metadata.name'), 'a-web');
  });

  it('renders with the parameters of the application, and leaves the tree as it is', async (t) => {
    const component = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n';
    const files = {
      ...OVERLAY,
      'component/kustomization.yaml': `${component}commonAnnotations: {component: "yes"}\n`,
    };
    const manifest = await renderOne(t, files, {
      namePrefix: 'b-',
      nameSuffix: '-z',
      namespace: 'prod',
      images: ['web=registry.example/web:2'],
      replicas: [{ name: 'web', count: 4 }],
      commonLabels: { team: '$ARGOCD_APP_NAME' },
      commonAnnotations: { note: 'x' },
      components: ['../component', '../missing'],
      ignoreMissingComponents: true,
      patches: [
        {
          target: { kind: 'Deployment' },
          patch: '- op: add\n  path: /spec/paused\n  value: true\n',
        },
      ],
    });
    assert.deepEqual(manifest['metadata'], {
      name: 'b-web-z',
      namespace: 'prod',
      labels: { team: 'shop' },
      annotations: { note: 'x', component: 'yes' },
    });
    assert.equal(at(manifest, 'spec.replicas'), 4);
    assert.equal(at(manifest, 'spec.paused'), true);
    assert.equal(at(manifest, 'spec.selector.matchLabels.team'), 'shop');
    assert.equal(at(manifest, 'spec.template.spec.containers.0.image'), 'registry.example/web:2');
  });

  it('reads nothing outside of the kustomization', async (t) => {
    const rendered = await render(t, {
      'app/kustomization.yaml': 'configMapGenerator: [{name: c, files: [../secret.txt]}]\n',
      'secret.txt': 'x',
    });
    assert.ok(rendered.status === 'not-comparable');
    assert.match(rendered.reason, /^kustomize refuses the source: .*security/u);
  });

  it('says what kustomize says of a damaged source', async (t) => {
    const rendered = await render(t, { 'app/kustomization.yaml': 'resources: [none.yaml]\n' });
    assert.ok(rendered.status === 'not-comparable');
    assert.match(rendered.reason, /none\.yaml/u);
  });
});
