import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classifyArgocd,
  findInstallations,
} from '../../../../src/compose/adoption/classify-argocd.ts';
import {
  applicationOf,
  argocdController,
  seen,
  surveyOf,
  workloadOf,
} from '../../../support/adoption-samples.ts';

test('an Argo CD is found by its program, whatever its workload is called', () => {
  const words = ['sh', '/opt/argocd-application-controller'];
  const controller = argocdController({
    kind: 'Deployment',
    name: 'x',
    containers: [{ image: 'i', words, variables: {} }],
  });

  assert.deepEqual(findInstallations([workloadOf(), controller]), [
    { namespace: 'argocd', controller },
  ]);
});

test('an Argo CD is found by the labels of an operator', () => {
  const labels = {
    'app.kubernetes.io/part-of': 'argocd',
    'app.kubernetes.io/component': 'application-controller',
  };
  const half = { 'app.kubernetes.io/part-of': 'argocd' };

  assert.equal(findInstallations([workloadOf({ labels }), workloadOf({ labels: half })]).length, 1);
});

test('of several, the oldest is chosen: nobody can make one that is older', () => {
  const old = argocdController({ namespace: 'gitops', createdAt: '2020-01-01T00:00:00Z' });
  const survey = surveyOf({
    workloads: seen([argocdController(), old, argocdController({ namespace: 'aaa' })]),
  });

  const { installation, others } = classifyArgocd(survey);

  assert.equal(installation?.namespace, 'gitops');
  assert.deepEqual(
    others.map(({ namespace }) => namespace),
    ['aaa', 'argocd'],
  );
});

test('Applications are of this cluster by the names that it has for itself, and by its address', () => {
  const to = (name: string, destination: object) =>
    applicationOf({ name, destination: { server: '', name: '', namespace: '', ...destination } });
  const survey = surveyOf({
    applications: seen([
      applicationOf(),
      to('b', { name: 'in-cluster' }),
      to('c', { server: 'https://10.0.0.1:6443/' }),
      to('d', { server: 'https://10.9.9.9' }),
      to('e', { name: 'prod-us-1' }),
      to('f', { name: 'prod-us-1' }),
    ]),
  });

  const { local, remote } = classifyArgocd(survey);

  assert.deepEqual(
    local.map(({ name }) => name),
    ['checkout', 'b', 'c'],
  );
  assert.deepEqual(
    [...remote],
    [
      ['https://10.9.9.9', 1],
      ['prod-us-1', 2],
    ],
  );
});

test('the account of a hub is found in any namespace', () => {
  const manager = { namespace: 'argocd-access', name: 'argocd-manager' };
  const survey = surveyOf({ accounts: seen([manager, { namespace: 'a', name: 'default' }]) });

  const { installation, managers } = classifyArgocd(survey);

  assert.deepEqual([installation, managers], [undefined, [manager]]);
});
