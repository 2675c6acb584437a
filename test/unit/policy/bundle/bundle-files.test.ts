import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBundleFile, refuseFileName } from '../../../../src/policy/bundle/bundle-files.ts';

test('isBundleFile() knows the files of a bundle, and no other', () => {
  const names = [
    '.manifest',
    '.signatures.json',
    'data.json',
    'lib/a.rego',
    'manifest.json',
    'policy.wasm',
    'a.txt',
    'lib/data.json',
  ];

  assert.deepEqual(
    names.filter((name) => !isBundleFile(name)),
    ['a.txt', 'lib/data.json'],
  );
});

test('refuseFileName() takes plain names in any language', () => {
  assert.equal(refuseFileName('Über/größe.rego', 255), undefined);
});
