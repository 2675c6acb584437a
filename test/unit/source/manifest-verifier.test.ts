import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ManifestVerifier } from '../../../src/source/manifest-verifier.ts';
import type { ManifestVerification } from '../../../src/source/manifest-verifier.ts';
import { Renderer } from '../../../src/source/render/renderer.ts';
import { ENVIRONMENT } from '../../support/render-samples.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };

async function verify(
  t: TestContext,
  files: Record<string, string>,
  others: Partial<ManifestVerification> = {},
) {
  const root = await makeTemporaryFolder(t, files);
  const verifier = new ManifestVerifier(new Renderer({ kustomize: undefined, helm: undefined }));
  return verifier.verify({
    request: {
      root,
      commit: 'c1',
      path: 'app',
      source: {},
      environment: ENVIRONMENT,
      cluster: { namespace: 'shop', kubeVersion: '', apiVersions: [] },
    },
    compared: { object: CONFIG },
    ignoreDifferences: [],
    mutated: [],
    alsoDeclared: [],
    ...others,
  });
}

const DECLARED = { 'app/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' };

test('ManifestVerifier finds the manifest of an object and compares them', async (t) => {
  const equal = { status: 'equal', paths: [], kept: [] };
  assert.deepEqual(await verify(t, DECLARED), { status: 'known', fact: equal });
  const changed = { ...CONFIG, data: { evil: 'x' } };
  assert.deepEqual(await verify(t, DECLARED, { compared: { object: changed } }), {
    status: 'known',
    fact: { status: 'differs', paths: ['data.evil'], kept: [] },
  });
});

test('ManifestVerifier says what the commit does not have, has twice, or cannot tell', async (t) => {
  const nothing = { paths: [], kept: [] };
  assert.deepEqual(await verify(t, { 'app/x': '' }), {
    status: 'known',
    fact: { ...nothing, status: 'absent', reason: 'the commit declares no such object' },
  });
  const twice = { ...DECLARED, 'app/b.yaml': DECLARED['app/a.yaml'] };
  assert.deepEqual(await verify(t, twice), {
    status: 'known',
    fact: { ...nothing, status: 'not-comparable', reason: 'the commit declares the object twice' },
  });
  const jsonnet = await verify(t, { 'app/a.jsonnet': '' });
  assert.equal(jsonnet.status === 'known' && jsonnet.fact.status, 'not-comparable');
  const chart = await verify(t, { 'app/Chart.yaml': '' });
  assert.equal(chart.status, 'unavailable');
});

test('ManifestVerifier knows what the tool makes by itself', async (t) => {
  const object = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop' } },
    spec: { finalizers: ['kubernetes'] },
  };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  const fact = await verify(t, DECLARED, { compared: { object }, alsoDeclared: [namespace] });
  assert.equal(fact.status === 'known' && fact.fact.status, 'equal');
});
