import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWorkload } from '../../../../src/compose/adoption/parse-workload.ts';

const metadata = { namespace: 'argocd', name: 'controller' };

test('a workload has its account, its words and its variables', () => {
  const parsed = parseWorkload('StatefulSet', {
    metadata: { ...metadata, creationTimestamp: '2026-01-01T00:00:00Z', labels: { a: 'b' } },
    spec: {
      replicas: 0,
      template: {
        spec: {
          serviceAccountName: 'runner',
          containers: [
            {
              image: 'i',
              command: ['c'],
              args: ['a'],
              env: [
                { name: 'A', value: '1' },
                { name: 'B', valueFrom: {} },
              ],
            },
          ],
        },
      },
    },
  });

  assert.deepEqual(parsed, {
    kind: 'StatefulSet',
    ...metadata,
    labels: { a: 'b' },
    createdAt: '2026-01-01T00:00:00Z',
    replicas: 0,
    serviceAccount: 'runner',
    containers: [{ image: 'i', words: ['c', 'a'], variables: { A: '1', B: '' } }],
  });
});

test('what the API server leaves out has its defaults', () => {
  for (const spec of [{ containers: [{}] }, { serviceAccountName: '', containers: [{}] }]) {
    assert.deepEqual(parseWorkload('Deployment', { metadata, spec: { template: { spec } } }), {
      kind: 'Deployment',
      ...metadata,
      labels: {},
      createdAt: '',
      replicas: 1,
      serviceAccount: 'default',
      containers: [{ image: '', words: [], variables: {} }],
    });
  }
});

for (const [what, value] of [
  ['nothing', undefined],
  ['no name', { metadata: { namespace: 'a' }, spec: { template: { spec: {} } } }],
  ['no template', { metadata, spec: {} }],
  ['containers that are a text', { metadata, spec: { template: { spec: { containers: 'x' } } } }],
] as const) {
  test(`${what} is no workload`, () => {
    assert.equal(parseWorkload('Deployment', value), undefined);
  });
}
