import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectSourceType } from '../../../../src/source/render/detect-source-type.ts';

for (const [names, type] of [
  [['a.yaml'], 'directory'],
  [[], 'directory'],
  [['Chart.yaml', 'values.yaml'], 'helm'],
  [['kustomization.yaml'], 'kustomize'],
  [['kustomization.yml'], 'kustomize'],
  [['Kustomization'], 'kustomize'],
  [['kustomization.yaml', 'Chart.yaml'], 'kustomize'],
] as const) {
  test(`a folder with ${names.join(', ') || 'nothing'} is of type ${type}`, () => {
    assert.equal(detectSourceType(names), type);
  });
}
