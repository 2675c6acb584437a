import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  matchAdmissionScope,
  matchRule,
} from '../../../../src/drift/admission/match-admission-scope.ts';

const DEPLOYMENT = { group: 'apps', resource: 'deployments', namespace: 'shop' };
const NAMESPACE = { group: '', resource: 'namespaces', namespace: '' };
const ALL = { groups: ['*'], resources: ['*'], operations: ['*'], scope: '*' };

it('matches a rule by group, resource and scope; a subresource counts for its object', () => {
  const cases = [
    [{}, true],
    [{ groups: ['apps'] }, true],
    [{ groups: ['', 'batch'] }, false],
    [{ resources: ['pods', 'deployments'] }, true],
    [{ resources: ['deployments/scale'] }, true],
    [{ resources: ['*/*'] }, true],
    [{ resources: ['pods'] }, false],
    [{ scope: 'Namespaced' }, true],
    [{ scope: 'Cluster' }, false],
  ] as const;
  for (const [rule, expected] of cases) {
    assert.equal(matchRule({ ...ALL, ...rule }, DEPLOYMENT), expected, JSON.stringify(rule));
  }
  assert.equal(matchRule({ ...ALL, scope: 'Cluster' }, NAMESPACE), true);
  assert.equal(matchRule({ ...ALL, scope: 'Namespaced' }, NAMESPACE), false);
});

it('asks the labels of the namespace, and counts one whose labels are not known as selected', () => {
  const namespaces = [{ key: 'stage', operator: 'In', values: ['prod'] }] as const;
  const scope = { rules: [ALL], namespaces };
  const labels = (stage: string) => new Map([['shop', { stage }]]);
  assert.equal(matchAdmissionScope(scope, DEPLOYMENT, labels('prod')), true);
  assert.equal(matchAdmissionScope(scope, DEPLOYMENT, labels('test')), false);
  assert.equal(matchAdmissionScope(scope, DEPLOYMENT, new Map()), true);
  assert.equal(matchAdmissionScope(scope, DEPLOYMENT, undefined), true);
  assert.equal(matchAdmissionScope({ rules: [ALL] }, DEPLOYMENT, labels('test')), true);
  // Selectors of namespaces leave out no object of the cluster.
  assert.equal(matchAdmissionScope(scope, NAMESPACE, labels('test')), true);
  assert.equal(matchAdmissionScope({ ...scope, rules: [] }, DEPLOYMENT, labels('prod')), false);
});
