import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashConfiguration } from '../../../src/config/hash-configuration.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';

test('hashConfiguration() tells two configurations apart, and the same one never', () => {
  const one = defaultConfiguration('/a');
  const other = { ...one, cluster: { ...one.cluster, name: 'other' } };

  assert.equal(hashConfiguration(one), hashConfiguration(defaultConfiguration('/a')));
  assert.notEqual(hashConfiguration(one), hashConfiguration(other));
});
