import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  parseConfig,
  parseSyncSet,
} from '../../../../src/authoring/gatekeeper/parse-gatekeeper-config.ts';

it('parseConfig() reads what is synced, and the namespaces that the webhook leaves out', () => {
  const spec = {
    sync: { syncOnly: [{ version: 'v1', kind: 'Service', more: 1 }] },
    match: [
      { excludedNamespaces: ['kube-*'], processes: ['audit', 'webhook'] },
      { excludedNamespaces: ['a'], processes: ['*'] },
      { excludedNamespaces: ['b'], processes: ['audit'] },
      { processes: ['*'] },
      {},
    ],
  };

  assert.deepEqual(parseConfig({ spec }), {
    inventory: [{ group: '', version: 'v1', kind: 'Service' }],
    excludedNamespaces: ['kube-*', 'a'],
  });
  assert.deepEqual(parseConfig({}), { inventory: [], excludedNamespaces: [] });
  assert.deepEqual(parseConfig({ spec: { sync: {} } })?.inventory, []);
  assert.equal(parseConfig({ spec: { sync: 1 } }), undefined);
});

it('parseSyncSet() reads its kinds', () => {
  const gvks = [{ group: 'apps', version: 'v1', kind: 'Deployment' }];

  assert.deepEqual(parseSyncSet({ spec: { gvks } }), gvks);
  assert.deepEqual(parseSyncSet({}), []);
  assert.equal(parseSyncSet({ spec: { gvks: [{}] } }), undefined);
});
