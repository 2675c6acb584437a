import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRemovedKey } from '../../../src/config/removed-keys.ts';

test('describeRemovedKey() prints the command that builds the folder which policies.source named', () => {
  assert.deepEqual(describeRemovedKey('policies.source', '../our policies/', '/etc/holdfast'), {
    message: 'This key was removed: a serving process takes built policies only',
    remedy: `Run "holdfast policy build '/etc/our policies/' --out '/etc/our policies-bundle'", and write "bundle: /etc/our policies-bundle" instead`,
  });
});

test('describeRemovedKey() helps where the value is no path', () => {
  assert.match(
    describeRemovedKey('policies.source', 7, '/etc')?.remedy ?? '',
    /^Run "holdfast policy build \/etc\/policies --out \/etc\/policies-bundle"/u,
  );
});

test('describeRemovedKey() knows nothing of a key that never was one', () => {
  assert.equal(describeRemovedKey('policies.sauce', 'a', '/'), undefined);
});
