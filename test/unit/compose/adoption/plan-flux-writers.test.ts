import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyFlux } from '../../../../src/compose/adoption/classify-flux.ts';
import type { ClusterSurvey } from '../../../../src/compose/adoption/cluster-survey.ts';
import { planFluxWriters } from '../../../../src/compose/adoption/plan-flux-writers.ts';
import {
  fluxController,
  kustomizationOf,
  podOf,
  seen,
  surveyOf,
} from '../../../support/adoption-samples.ts';

const PODS = new Map([
  [
    'flux-system',
    seen(
      ['kustomize-controller', 'helm-controller'].map((name) =>
        podOf({ name, serviceAccount: name }),
      ),
    ),
  ],
]);

function plan(changes: Partial<ClusterSurvey>, roomFor = 80) {
  const survey = surveyOf({ pods: PODS, ...changes });
  const { items, questions } = planFluxWriters(classifyFlux(survey), survey, roomFor);
  return {
    items,
    values: items.map(({ value }) => value),
    questions: questions.map(({ key, text }) => `${key}: ${text}`),
  };
}

function writer(program: string) {
  return {
    name: program,
    username: `system:serviceaccount:flux-system:${program}`,
    tool: 'flux',
    proof: 'pod-bound',
    workload: { kind: 'Deployment', name: program },
  };
}

test('where no Flux runs, nobody is proposed', () => {
  assert.deepEqual(plan({}), { items: [], values: [], questions: [] });
});

test('both controllers that apply are writers', () => {
  const { values, questions } = plan({
    workloads: seen([fluxController('helm-controller'), fluxController('kustomize-controller')]),
  });

  assert.deepEqual(values, [writer('helm-controller'), writer('kustomize-controller')]);
  assert.deepEqual(questions, []);
});

test('shards share an account, so that no workload is named', () => {
  const { items } = plan({
    workloads: seen([
      fluxController('kustomize-controller'),
      fluxController('kustomize-controller', { name: 'shard' }, [
        '--watch-label-selector=a=b',
        '--default-service-account=default',
        '--no-cross-namespace-refs=true',
      ]),
    ]),
  });

  const { workload: _none, ...value } = writer('kustomize-controller');
  assert.deepEqual(items, [
    {
      notes: [
        'because Deployment flux-system/kustomize-controller runs kustomize-controller with the ServiceAccount kustomize-controller',
        'because Deployment flux-system/shard runs kustomize-controller with the ServiceAccount kustomize-controller, serves the shard a=b, impersonates default by default, lets tenants use sources of their own namespace alone',
        'Several workloads share the account, so that none is named',
        'Pod flux-system/kustomize-controller has a token that is bound to it',
      ],
      value,
    },
  ]);
});

test('controllers with accounts of the same program get names of their own', () => {
  const { values } = plan({
    workloads: seen([
      fluxController('kustomize-controller'),
      fluxController('kustomize-controller', { name: 'shard', serviceAccount: 'shard' }),
    ]),
  });

  assert.deepEqual(
    values.map((value) => value['name']),
    ['kustomize-controller', 'kustomize-controller-2'],
  );
});

test('a Flux of another namespace is a question, and never a writer', () => {
  const { values, questions } = plan({
    workloads: seen([
      fluxController('kustomize-controller'),
      fluxController('kustomize-controller', {
        namespace: 'evil',
        createdAt: '2026-11-01T00:00:00Z',
      }),
    ]),
  });

  assert.deepEqual(values, [writer('kustomize-controller')]);
  assert.match(questions.join(), /^ownership\.flux\.namespace: Deployment evil\//u);
});

test('a controller that runs no pod is a question', () => {
  const { questions } = plan({
    workloads: seen([fluxController('kustomize-controller')]),
    pods: new Map([['flux-system', seen([])]]),
  });

  assert.match(questions.join(), /No running pod uses/u);
});

test('whom Flux impersonates writes what its namespace declares, and in that of Flux what is named', () => {
  const defaults = ['--default-service-account=default'];
  const { values, items, questions } = plan({
    workloads: seen([
      fluxController('helm-controller'),
      fluxController('kustomize-controller', {}, defaults),
    ]),
    kustomizations: seen([
      kustomizationOf({ name: 'b' }),
      kustomizationOf({ name: 'a' }),
      kustomizationOf({ namespace: 'team-a', serviceAccount: 'deployer' }),
      kustomizationOf({ namespace: 'team-b', isRemote: true }),
    ]),
    // Its controller has no default, so that it applies in its own name.
    helmReleases: seen([kustomizationOf({ kind: 'HelmRelease', namespace: 'team-c' })]),
  });

  const impersonated = (name: string, username: string, applications: readonly string[]) => ({
    name,
    username: `system:serviceaccount:${username}`,
    tool: 'flux',
    proof: 'impersonated',
    applications,
  });
  assert.deepEqual(values.slice(2), [
    impersonated('flux-flux-system-default', 'flux-system:default', ['a', 'b']),
    impersonated('flux-team-a-deployer', 'team-a:deployer', ['team-a/*']),
  ]);
  assert.deepEqual(items[3]?.notes, [
    'because Flux impersonates it for Kustomization team-a/podinfo',
    'Whoever may impersonate the account passes for Flux',
  ]);
  assert.deepEqual(questions, []);
});

test('an own account that is impersonated, and a text that is no account, are questions', () => {
  const { values, questions } = plan({
    workloads: seen([fluxController('kustomize-controller')]),
    kustomizations: seen([
      kustomizationOf({ serviceAccount: 'kustomize-controller' }),
      ...['a', 'b', 'c', 'd'].map((name) => kustomizationOf({ name, serviceAccount: 'x:y\n*' })),
    ]),
  });

  assert.deepEqual(values, [writer('kustomize-controller')]);
  assert.match(questions[0] ?? '', /Flux impersonates its own account/u);
  assert.match(
    questions[1] ?? '',
    /Kustomization flux-system\/c and 1 more names no service account/u,
  );
});

test('more accounts than there is room for are counted', () => {
  const { values, questions } = plan(
    {
      workloads: seen([fluxController('kustomize-controller')]),
      kustomizations: seen(
        ['a', 'b', 'c'].map((namespace) => kustomizationOf({ namespace, serviceAccount: 'x' })),
      ),
    },
    1,
  );

  assert.equal(values.length, 2);
  assert.match(questions.join(), /2 more accounts are impersonated/u);
});
