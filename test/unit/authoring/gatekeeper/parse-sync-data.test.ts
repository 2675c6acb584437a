import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseSyncData } from '../../../../src/authoring/gatekeeper/parse-sync-data.ts';

it('parseSyncData() reads every kind, with or without quotation marks around', () => {
  const written = '[[{"groups": [""], "versions": ["v1"], "kinds": ["Service", "Pod"]}]]';
  const kinds = [
    { group: '', version: 'v1', kind: 'Service' },
    { group: '', version: 'v1', kind: 'Pod' },
  ];

  assert.deepEqual(parseSyncData(written), kinds);
  assert.deepEqual(parseSyncData(`"${written}"\n`), kinds);
});

it('parseSyncData() finds nothing in what is absent or no list of requirements', () => {
  assert.deepEqual([undefined, 'text', '{}', '[[{}]]'].map(parseSyncData), [[], [], [], []]);
});
