import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRights } from '../../../../src/compose/doctor/plan-rights.ts';
import { configurationSchema } from '../../../../src/config/schema.ts';

const resourcesOf = (file: object) => [
  ...new Set(planRights(configurationSchema.parse(file)).map(({ resource }) => resource)),
];
const ALWAYS = ['pods', 'namespaces', 'deployments', 'replicasets'];
const writer = { name: 'w', username: 'u' };

test('rights follow from the tools, from grants and from freezes', () => {
  assert.deepEqual(resourcesOf({}), ALWAYS);
  assert.deepEqual(resourcesOf({ identity: { writers: [{ ...writer, tool: 'argocd' }] } }), [
    ...ALWAYS,
    'applications',
  ]);
  assert.deepEqual(resourcesOf({ identity: { writers: [{ ...writer, tool: 'flux' }] } }), [
    ...ALWAYS,
    'kustomizations',
  ]);
  assert.deepEqual(resourcesOf({ breakGlass: { approvers: [{ name: 'a', key: 'k' }] } }), [
    ...ALWAYS,
    'breakglassgrants',
  ]);
  assert.deepEqual(resourcesOf({ freeze: { operators: ['alice'] } }), [...ALWAYS, 'freezes']);
});
