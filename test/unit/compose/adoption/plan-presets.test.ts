import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterSurvey } from '../../../../src/compose/adoption/cluster-survey.ts';
import { planPresets } from '../../../../src/compose/adoption/plan-presets.ts';
import { seen, surveyOf, UNSEEN, workloadOf } from '../../../support/adoption-samples.ts';

function plan(changes: Partial<ClusterSurvey>, writers: readonly string[] = []) {
  return planPresets(surveyOf(changes), new Set(writers));
}

const keda = workloadOf({ namespace: 'keda', name: 'operator', serviceAccount: 'keda-operator' });

test('a preset is switched on for an account that a workload uses', () => {
  assert.deepEqual(
    plan({
      workloads: seen([workloadOf(), keda]),
      accounts: seen([{ namespace: 'keda', name: 'keda-operator' }]),
    }),
    {
      items: [
        {
          notes: ['because Deployment keda/operator uses the ServiceAccount keda-operator'],
          value: { preset: 'keda' },
        },
      ],
      questions: [],
    },
  );
});

test('a release in another namespace has its namespace and its names written out', () => {
  const account = { namespace: 'certificates', name: 'my-cert-manager-cainjector' };

  assert.deepEqual(plan({ accounts: seen([account]) }).items, [
    {
      notes: [
        'because there is the ServiceAccount certificates/my-cert-manager-cainjector; no Deployment or StatefulSet uses it',
      ],
      value: {
        preset: 'cert-manager',
        namespace: 'certificates',
        accounts: { cainjector: 'my-cert-manager-cainjector' },
      },
    },
  ]);
});

test('the parts of a project are one preset, each in its own namespace', () => {
  const accounts = seen([
    { namespace: 'capi-system', name: 'capi-manager' },
    {
      namespace: 'capi-kubeadm-control-plane-system',
      name: 'capi-kubeadm-control-plane-manager',
    },
  ]);

  const { items, questions } = plan({ accounts });

  assert.deepEqual(
    items.map(({ value }) => value),
    [{ preset: 'cluster-api' }],
  );
  assert.deepEqual(questions, []);
});

test('a second installation is a question, with its rules written out: a preset serves one', () => {
  const second = workloadOf({ namespace: 'evil', serviceAccount: 'keda-operator' });

  const { items, questions } = plan({ workloads: seen([second, keda]) });

  assert.deepEqual(
    items.map(({ value }) => value),
    [{ preset: 'keda' }],
  );
  assert.deepEqual(
    questions.map(({ key }) => key),
    ['identity.operators'],
  );
  assert.match(
    JSON.stringify(questions[0]?.example),
    /"username":"system:serviceaccount:evil:keda-operator"/u,
  );
});

test('a writer is no operator', () => {
  const found = plan({ workloads: seen([keda]) }, ['system:serviceaccount:keda:keda-operator']);

  assert.deepEqual(found, { items: [], questions: [] });
});

test('kinds of a project whose account was not found are a question, where all accounts were seen', () => {
  const served = new Set(['scaledobjects.keda.sh', 'clusters.cluster.x-k8s.io']);

  const { items, questions } = plan({ served });

  assert.deepEqual(items, []);
  assert.deepEqual(questions[1], {
    key: 'identity.operatorPresets',
    text: 'The API server serves scaledobjects.keda.sh, and no ServiceAccount is called as KEDA calls its own (keda-operator). If it runs here, under which account?',
    example: {
      identity: {
        operatorPresets: [
          { preset: 'keda', namespace: 'NAMESPACE', accounts: { operator: 'keda-operator' } },
        ],
      },
    },
  });
  assert.deepEqual(plan({ served, accounts: UNSEEN }), { items: [], questions: [] });
});
