import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { formatChangeKey, formatGroup, formatKey } from '../../../src/alerting/format-key.ts';

const cause = { cluster: 'c', object: 'apps/deployments/shop/a', actor: 'alice', class: 'drift' };

test('formatKey() is the documented digest', () => {
  const text = '["holdfast-incident/1","c","apps/deployments/shop/a","alice","drift"]';
  assert.equal(formatKey(cause), createHash('sha256').update(text).digest('hex'));
});

test('no choice of names makes two causes read the same', () => {
  const keys = [
    formatKey(cause),
    formatKey({ ...cause, object: 'apps/deployments/shop/a","alice', actor: '' }),
    formatGroup(['a', 'b']),
    formatGroup(['a,b']),
    formatChangeKey('a', ['b']),
    formatChangeKey('ab', []),
  ];
  assert.equal(new Set(keys).size, keys.length);
});
