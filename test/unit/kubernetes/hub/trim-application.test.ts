import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trimApplication } from '../../../../src/kubernetes/hub/trim-application.ts';

test('trimApplication() leaves out lists of objects, all of the past but the latest, and managed fields', () => {
  const application = {
    kind: 'Application',
    metadata: { name: 'shop', uid: '1', managedFields: [{ manager: 'argocd-controller' }] },
    spec: { source: { repoURL: 'https://git' } },
    operation: { sync: { revision: 'c1' } },
    status: {
      resources: [{ kind: 'ConfigMap', name: 'a' }],
      history: [{ revision: 'c0' }, { revision: 'c1' }],
      sync: { revision: 'c1' },
      operationState: {
        phase: 'Running',
        syncResult: { revision: 'c1', resources: [{ kind: 'ConfigMap', name: 'a' }] },
      },
    },
  };

  assert.deepEqual(trimApplication(application), {
    kind: 'Application',
    metadata: { name: 'shop', uid: '1' },
    spec: { source: { repoURL: 'https://git' } },
    operation: { sync: { revision: 'c1' } },
    status: {
      history: [{ revision: 'c1' }],
      sync: { revision: 'c1' },
      operationState: { phase: 'Running', syncResult: { revision: 'c1' } },
    },
  });
});

test('trimApplication() leaves what it does not know as it is', () => {
  for (const status of [
    'text',
    7,
    null,
    ['a'],
    { history: 'no list', operationState: 'no state' },
  ]) {
    const application = { metadata: { name: 'shop' }, status };
    assert.deepEqual(trimApplication(application), application);
  }
  assert.deepEqual(trimApplication({}), { metadata: {} });
});
