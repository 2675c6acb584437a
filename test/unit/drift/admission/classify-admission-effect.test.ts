import assert from 'node:assert/strict';
import { it } from 'node:test';
import { classifyAdmissionEffect } from '../../../../src/drift/admission/classify-admission-effect.ts';
import type { AdmissionScope } from '../../../../src/drift/admission/parse-admission-scopes.ts';

const SURROUNDINGS = {
  managed: new Map([
    ['apps/deployments', new Set(['shop', 'cart'])],
    ['/configmaps', new Set(['shop'])],
    ['rbac.authorization.k8s.io/clusterroles', new Set([''])],
  ]),
  namespaceLabels: new Map([
    ['shop', { stage: 'prod' }],
    ['cart', { stage: 'test' }],
    ['holdfast-system', { 'kubernetes.io/metadata.name': 'holdfast-system' }],
    ['kube-node-lease', { 'kubernetes.io/metadata.name': 'kube-node-lease' }],
  ]),
  ownNamespace: 'holdfast-system',
};

type Rule = Partial<AdmissionScope['rules'][number]>;

function scope(rule: Rule, more: Partial<AdmissionScope> = {}): AdmissionScope {
  const all = { groups: ['*'], resources: ['*'], operations: ['*'], scope: '*' };
  return { mutates: true, failsClosed: false, rules: [{ ...all, ...rule }], ...more };
}

function effect(...scopes: readonly AdmissionScope[]) {
  return classifyAdmissionEffect(scopes, SURROUNDINGS);
}

function inStage(stage: string): Pick<AdmissionScope, 'namespaces'> {
  return { namespaces: [{ key: 'stage', operator: 'In', values: [stage] }] };
}

it('names the managed kinds that a mutator reaches, and what controllers make of them', () => {
  assert.deepEqual(effect(scope({})), {
    what: 'mutates',
    reaches: [
      'clusterroles.rbac.authorization.k8s.io',
      'configmaps',
      'deployments.apps',
      'pods',
      'replicasets.apps',
    ],
  });
  assert.deepEqual(effect(scope({ groups: [''], resources: ['pods'] })), {
    what: 'mutates',
    reaches: ['pods'],
  });
  assert.deepEqual(effect(scope({ groups: ['apps'], resources: ['deployments/scale'] }))?.reaches, [
    'deployments.apps',
  ]);
});

it('finds no effect of a mutator of other kinds, other namespaces, or of what has nothing to change', () => {
  const cases = [
    scope({ groups: ['example.com'] }),
    scope({ resources: ['pods'] }, inStage('dev')),
    scope({ operations: ['DELETE', 'CONNECT'] }),
    scope({}, { mutates: false }),
    scope({}, { rules: [] }),
  ];
  for (const one of cases) assert.equal(effect(one), undefined, JSON.stringify(one));
  assert.equal(effect(), undefined);
  assert.deepEqual(effect(scope({ resources: ['configmaps'] }, inStage('prod')))?.reaches, [
    'configmaps',
  ]);
  assert.deepEqual(effect(scope({ operations: ['DELETE', 'UPDATE'], groups: [''] }))?.reaches, [
    'configmaps',
    'pods',
  ]);
});

it('names what stands still where one that fails closed is away', () => {
  const closed = { mutates: false, failsClosed: true };
  const own = {
    namespaces: [
      { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['holdfast-system'] },
    ],
  } as const;
  const blocked = (rule: Rule, more: Partial<AdmissionScope> = {}) =>
    effect(scope(rule, { ...closed, ...more }));
  assert.deepEqual(blocked({}), {
    what: 'blocks',
    reaches: ['every kind', 'leases.coordination.k8s.io', 'pods of holdfast-system'],
  });
  assert.deepEqual(blocked({ resources: ['leases'] })?.reaches, ['leases.coordination.k8s.io']);
  assert.deepEqual(blocked({ resources: ['pods'] }, own)?.reaches, ['pods of holdfast-system']);
  assert.equal(blocked({ resources: ['pods'] }, inStage('prod')), undefined);
  assert.equal(blocked({}, { failsClosed: false }), undefined);
});

it('tells of a mutator first, whatever else it can do', () => {
  assert.equal(effect(scope({}, { failsClosed: true }))?.what, 'mutates');
});

it('counts every kind of workload and what is made of it', () => {
  const kinds = [
    'apps/statefulsets',
    'apps/daemonsets',
    'batch/cronjobs',
    'batch/jobs',
    '/services',
  ];
  const managed = new Map(kinds.map((kind) => [kind, new Set(['shop'])]));
  assert.deepEqual(classifyAdmissionEffect([scope({})], { ...SURROUNDINGS, managed })?.reaches, [
    'cronjobs.batch',
    'daemonsets.apps',
    'endpointslices.discovery.k8s.io',
    'jobs.batch',
    'persistentvolumeclaims',
    'pods',
    'services',
    'statefulsets.apps',
  ]);
});
