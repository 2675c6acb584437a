import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseObjectPattern } from '../../../../src/audit/query/parse-object-pattern.ts';

const deployments = ['deployments', 'deploymentss', 'deploymentses'];

for (const [text, expected] of [
  ['deployments', { resources: deployments }],
  ['deploy', { resources: ['deployments'] }],
  ['Deployment', { resources: ['deployment', 'deployments', 'deploymentes'] }],
  ['ingress', { resources: ['ingress', 'ingresss', 'ingresses'] }],
  [
    'networkpolicy',
    { resources: ['networkpolicy', 'networkpolicys', 'networkpolicyes', 'networkpolicies'] },
  ],
  ['deploy.apps', { resources: ['deployments'], group: 'apps' }],
  ['deploy/checkout', { resources: ['deployments'], name: 'checkout' }],
  ['deploy/*', { resources: ['deployments'], name: undefined }],
  ['deploy/shop/checkout', { resources: ['deployments'], namespace: 'shop', name: 'checkout' }],
  ['ns//shop', { resources: ['namespaces'], namespace: '', name: 'shop' }],
  ['*/shop/', { resources: [], namespace: 'shop', name: undefined }],
  [
    'apps/deploy/shop/checkout',
    { resources: ['deployments'], group: 'apps', namespace: 'shop', name: 'checkout' },
  ],
  ['core/po/*/web', { resources: ['pods'], group: '', namespace: undefined, name: 'web' }],
  ['/po/shop/web', { resources: ['pods'], group: '', namespace: 'shop', name: 'web' }],
  ['constructor', { resources: ['constructor', 'constructors', 'constructores'] }],
] as const) {
  test(`"${text}" names objects`, () => {
    assert.deepEqual(parseObjectPattern(text), expected);
  });
}

for (const text of ['', 'a/b/c/d/e', 'x'.repeat(2000)]) {
  test(`"${text.slice(0, 10)}" with ${text.length} characters names nothing`, () => {
    assert.equal(parseObjectPattern(text), undefined);
  });
}
