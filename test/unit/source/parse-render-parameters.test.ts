import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  NO_DIRECTORY,
  NO_HELM,
  NO_KUSTOMIZE,
  parseRenderParameters,
} from '../../../src/source/parse-render-parameters.ts';

const NONE = { type: undefined, directory: NO_DIRECTORY, kustomize: NO_KUSTOMIZE, helm: NO_HELM };

test('parseRenderParameters() has a default for everything', () => {
  assert.deepEqual(parseRenderParameters(undefined), { ok: true, parameters: NONE });
  assert.deepEqual(parseRenderParameters({ path: 'deploy', helm: null }), {
    ok: true,
    parameters: NONE,
  });
});

test('parseRenderParameters() reads what Argo CD passes to its tools', () => {
  const kustomize = parseRenderParameters({
    kustomize: { namePrefix: 'a-', images: ['x=y:1'], replicas: [{ name: 'web', count: '3' }] },
  });
  assert.deepEqual(kustomize, {
    ok: true,
    parameters: {
      ...NONE,
      type: 'kustomize',
      kustomize: {
        ...NO_KUSTOMIZE,
        namePrefix: 'a-',
        images: ['x=y:1'],
        replicas: [{ name: 'web', count: '3' }],
      },
    },
  });
  const helm = parseRenderParameters({
    helm: {
      valuesObject: { a: 1 },
      parameters: [{ name: 'b' }],
      fileParameters: [{ name: 'c', path: 'c.txt' }],
    },
  });
  assert.deepEqual(helm.ok && helm.parameters.helm, {
    ...NO_HELM,
    valuesObject: { a: 1 },
    parameters: [{ name: 'b', value: '', forceString: false }],
    fileParameters: [{ name: 'c', path: 'c.txt' }],
  });
  const directory = parseRenderParameters({ directory: { recurse: true } });
  assert.deepEqual(directory.ok && directory.parameters.directory, {
    ...NO_DIRECTORY,
    recurse: true,
  });
  const plugin = parseRenderParameters({ plugin: { name: 'cdk8s' } });
  assert.equal(plugin.ok && plugin.parameters.type, 'plugin');
});

test('parseRenderParameters() merges the files of the repository in their order', () => {
  const parsed = parseRenderParameters(
    { kustomize: { namePrefix: 'a-', nameSuffix: '-z', commonLabels: { a: 'x' } } },
    [
      { kustomize: { images: ['web:2'], nameSuffix: null } },
      { kustomize: { commonLabels: { b: 'y' } } },
    ],
  );
  assert.deepEqual(parsed.ok && parsed.parameters.kustomize, {
    ...NO_KUSTOMIZE,
    namePrefix: 'a-',
    images: ['web:2'],
    commonLabels: { a: 'x', b: 'y' },
  });
});

test('parseRenderParameters() refuses what Argo CD refuses, and names the field', () => {
  assert.deepEqual(parseRenderParameters({ helm: {}, kustomize: {} }), {
    ok: false,
    reason: 'the source has several types: kustomize, helm',
  });
  assert.deepEqual(parseRenderParameters({ helm: { values: 1 } }), {
    ok: false,
    reason: 'the source is malformed in "helm.values"',
  });
  assert.deepEqual(parseRenderParameters({}, ['text']), {
    ok: false,
    reason: 'the source is malformed in ""',
  });
});
