import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_KUSTOMIZE } from '../../../../src/source/parse-render-parameters.ts';
import type { KustomizeParameters } from '../../../../src/source/parse-render-parameters.ts';
import {
  editKustomization,
  editsKustomization,
} from '../../../../src/source/render/edit-kustomization.ts';
import { ENVIRONMENT } from '../../../support/render-samples.ts';

function edit(kustomization: Record<string, unknown>, parameters: Partial<KustomizeParameters>) {
  const edited = editKustomization(kustomization, { ...NO_KUSTOMIZE, ...parameters }, ENVIRONMENT);
  return edited.ok ? edited.kustomization : edited.reason;
}

test('editKustomization() sets names and appends lists', () => {
  const patch = { patch: '- op: remove\n  path: /a' };
  assert.deepEqual(
    edit(
      {
        resources: ['a.yaml'],
        namePrefix: 'old-',
        patches: [{ path: 'p.yaml' }],
        components: ['c'],
      },
      {
        namePrefix: 'a-',
        nameSuffix: '-z',
        namespace: 'n',
        patches: [patch],
        components: ['c', 'd'],
      },
    ),
    {
      resources: ['a.yaml'],
      namePrefix: 'a-',
      nameSuffix: '-z',
      namespace: 'n',
      patches: [{ path: 'p.yaml' }, patch],
      components: ['c', 'd'],
    },
  );
});

test('editKustomization() replaces images and replicas by name', () => {
  assert.deepEqual(
    edit(
      {
        images: [
          { name: 'web', newTag: '1' },
          { name: 'kept', newTag: '1' },
        ],
        replicas: [{ name: 'a', count: 1 }],
      },
      {
        images: [
          'web=host:5000/web:$ARGOCD_APP_REVISION_SHORT',
          'db:2',
          'host:5000/cache@sha256:00',
          'proxy=other',
        ],
        replicas: [
          { name: 'a', count: '2' },
          { name: 'b', count: 3 },
        ],
      },
    ),
    {
      images: [
        { name: 'web', newName: 'host:5000/web', newTag: '0123456' },
        { name: 'kept', newTag: '1' },
        { name: 'db', newTag: '2' },
        { name: 'host:5000/cache', digest: 'sha256:00' },
        { name: 'proxy', newName: 'other' },
      ],
      replicas: [
        { name: 'a', count: 2 },
        { name: 'b', count: 3 },
      ],
    },
  );
});

test('editKustomization() adds labels and annotations, with variables where Argo CD has them', () => {
  const pairs = { app: '$ARGOCD_APP_NAME' };
  assert.deepEqual(edit({}, { commonLabels: pairs }), { commonLabels: { app: 'shop' } });
  assert.deepEqual(edit({}, { commonLabels: pairs, labelWithoutSelector: true }), {
    labels: [{ pairs: { app: 'shop' }, includeSelectors: false, includeTemplates: false }],
  });
  assert.deepEqual(edit({}, { commonAnnotations: pairs }), { commonAnnotations: pairs });
  assert.deepEqual(edit({}, { commonAnnotations: pairs, commonAnnotationsEnvsubst: true }), {
    commonAnnotations: { app: 'shop' },
  });
});

test('editKustomization() refuses to replace a label unless it is forced', () => {
  const present = { commonLabels: { a: 'old' }, commonAnnotations: { b: 'old' } };
  assert.match(JSON.stringify(edit(present, { commonLabels: { a: 'x' } })), /has ..a.. already/u);
  assert.match(
    JSON.stringify(edit(present, { commonAnnotations: { b: 'x' } })),
    /has ..b.. already/u,
  );
  assert.deepEqual(edit(present, { commonLabels: { a: 'x' }, forceCommonLabels: true }), {
    ...present,
    commonLabels: { a: 'x' },
  });
});

test('editsKustomization() knows whether there is anything to change', () => {
  assert.equal(editsKustomization(NO_KUSTOMIZE), false);
  for (const change of [
    { namePrefix: 'a' },
    { images: ['a:1'] },
    { commonLabels: { a: 'x' } },
    { commonAnnotations: { a: 'x' } },
  ]) {
    assert.equal(editsKustomization({ ...NO_KUSTOMIZE, ...change }), true);
  }
});
