/** Charts rendered by the real helm, with the parameters of an Application. */
import assert from 'node:assert/strict';
import { realpath } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { Renderer } from '../../src/source/render/renderer.ts';
import { prepareHelm } from '../support/assets/helm.ts';
import { ENVIRONMENT } from '../support/render-samples.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const CHART = {
  'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'app/values.yaml': 'a: default\nb: default\nlist: []\n',
  'app/templates/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  a: {{ .Values.a | quote }}
  b: {{ .Values.b | quote }}
  list: {{ .Values.list | toJson | quote }}
  kube: {{ .Capabilities.KubeVersion.Version | quote }}
  has: {{ .Capabilities.APIVersions.Has "x.example/v1" | quote }}
  looked: {{ lookup "v1" "Secret" "a" "b" | toJson | quote }}
`,
  'app/crds/widget.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: w}\n',
};

function fieldsOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

describe('helm', () => {
  let renderer: Renderer;
  before(async () => {
    renderer = new Renderer({ kustomize: undefined, helm: await prepareHelm() });
  });

  async function render(t: TestContext, files: Record<string, string>, helm?: object) {
    const root = await realpath(await makeTemporaryFolder(t, files));
    return renderer.render({
      root,
      commit: root,
      path: 'app',
      source: helm === undefined ? {} : { helm },
      environment: ENVIRONMENT,
      cluster: { namespace: 'shop', kubeVersion: '1.36.3', apiVersions: [] },
    });
  }

  async function renderConfig(t: TestContext, files: Record<string, string>, helm?: object) {
    const rendered = await render(t, files, helm);
    assert.ok(rendered.status === 'rendered', JSON.stringify(rendered));
    const kinds = rendered.manifests.map(({ manifest }) => manifest['kind']);
    const config = rendered.manifests.find(({ manifest }) => manifest['kind'] === 'ConfigMap');
    return { kinds, config: config?.manifest ?? {}, unstable: config?.unstable };
  }

  it('renders a chart with its own values', async (t) => {
    const { kinds, config } = await renderConfig(t, CHART);
    assert.deepEqual(kinds, ['CustomResourceDefinition', 'ConfigMap']);
    assert.deepEqual(config['metadata'], { name: 'shop', namespace: 'shop' });
    assert.deepEqual(config['data'], {
      a: 'default',
      b: 'default',
      list: '[]',
      kube: 'v1.36.3',
      has: 'false',
      looked: '{}',
    });
  });

  it('renders with the parameters of the application', async (t) => {
    const files = {
      ...CHART,
      'app/other.yaml': 'a: file\n',
      'values/top.yaml': 'b: top\n',
      'app/text': 'x,y',
    };
    const { kinds, config } = await renderConfig(t, files, {
      releaseName: 'named',
      namespace: 'own',
      valueFiles: ['other.yaml', '/values/top.yaml', 'missing.yaml'],
      ignoreMissingValueFiles: true,
      valuesObject: { b: 'object' },
      parameters: [{ name: 'list', value: '{p,$ARGOCD_APP_NAME}' }],
      fileParameters: [{ name: 'a', path: 'text' }],
      apiVersions: ['x.example/v1'],
      kubeVersion: '1.30.0',
      skipCrds: true,
    });
    assert.deepEqual(kinds, ['ConfigMap']);
    assert.deepEqual(config['metadata'], { name: 'named', namespace: 'own' });
    assert.deepEqual(
      { ...fieldsOf(config['data']), looked: '' },
      { a: 'x,y', b: 'object', list: '["p","shop"]', kube: 'v1.30.0', has: 'true', looked: '' },
    );
  });

  it('knows which manifests are others each time', async (t) => {
    const random = `apiVersion: v1\nkind: Secret\nmetadata: {name: r}\nstringData: {p: {{ randAlphaNum 20 }}}\n`;
    const rendered = await render(t, { ...CHART, 'app/templates/random.yaml': random });
    assert.ok(rendered.status === 'rendered');
    assert.deepEqual(
      rendered.manifests.map(({ manifest, unstable }) => [manifest['kind'], unstable]),
      [
        ['CustomResourceDefinition', undefined],
        ['Secret', 'is another one each time it is rendered (randAlphaNum)'],
        ['ConfigMap', undefined],
      ],
    );
  });

  it('ends a template without an end', async (t) => {
    const loop = '{{- define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}';
    const rendered = await render(t, { ...CHART, 'app/templates/loop.yaml': loop });
    assert.notEqual(rendered.status, 'rendered');
  });

  it('says what helm says of a damaged chart', async (t) => {
    const rendered = await render(t, { ...CHART, 'app/templates/bad.yaml': '{{ .Values.a.b.c' });
    assert.ok(rendered.status === 'not-comparable');
    assert.match(rendered.reason, /^helm refuses the source: /u);
  });
});
