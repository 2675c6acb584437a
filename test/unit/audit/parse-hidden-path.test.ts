import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHiddenPath } from '../../../src/audit/parse-hidden-path.ts';

for (const [text, segments] of [
  ['data', ['data']],
  ['spec.containers[*].env[KEY].value', ['spec', 'containers', '*', 'env', 'KEY', 'value']],
  ['metadata.annotations["a.b/c"]', ['metadata', 'annotations', 'a.b/c']],
  ['*.password', ['*', 'password']],
  ['spec.items[0].image[registry:5000/a]', ['spec', 'items', '0', 'image', 'registry:5000/a']],
] as const) {
  test(`parseHiddenPath() reads ${text}`, () => {
    assert.deepEqual(parseHiddenPath(text), segments);
  });
}
