import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyFlux, findFlag } from '../../../../src/compose/adoption/classify-flux.ts';
import { fluxController, seen, surveyOf, workloadOf } from '../../../support/adoption-samples.ts';

test('controllers are found by their images, with what their flags say', () => {
  const shard = fluxController('kustomize-controller', { name: 'shard-1' }, [
    '--watch-label-selector=sharding.fluxcd.io/key=one',
    '--default-service-account=default',
    '--no-cross-namespace-refs=true',
  ]);
  const helm = fluxController('helm-controller', {
    containers: [
      { image: 'mirror.local:5000/a/helm-controller@sha256:00', words: [], variables: {} },
    ],
  });
  const survey = surveyOf({
    workloads: seen([shard, workloadOf(), fluxController('source-controller'), helm]),
  });

  const { namespace, controllers, others } = classifyFlux(survey);

  assert.equal(namespace, 'flux-system');
  assert.deepEqual(controllers, [
    {
      program: 'helm-controller',
      workload: helm,
      defaultServiceAccount: undefined,
      shard: undefined,
      isMultiTenant: false,
    },
    {
      program: 'kustomize-controller',
      workload: shard,
      defaultServiceAccount: 'default',
      shard: 'sharding.fluxcd.io/key=one',
      isMultiTenant: true,
    },
  ]);
  assert.deepEqual(others, []);
});

test('controllers of another namespace are others, where they are younger', () => {
  const old = fluxController('kustomize-controller', { createdAt: '2020-01-01T00:00:00Z' });
  const young = fluxController('kustomize-controller', { namespace: 'evil' });

  const { namespace, others } = classifyFlux(surveyOf({ workloads: seen([young, old]) }));

  assert.equal(namespace, 'flux-system');
  assert.deepEqual(
    others.map(({ workload }) => workload.namespace),
    ['evil'],
  );
});

for (const [words, value] of [
  [[], undefined],
  [['--other=x'], undefined],
  [['--flag=a=b'], 'a=b'],
  [['--flag', 'x'], 'x'],
  [['--flag', '--other'], 'true'],
  [['--flag'], 'true'],
  [['--flag=a', '--flag=b'], 'b'],
] as const) {
  test(`the flag of "${words.join(' ')}" is ${String(value)}`, () => {
    assert.equal(findFlag(words, '--flag'), value);
  });
}
