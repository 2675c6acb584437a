import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAccountPods } from '../../../../src/compose/adoption/ask-account-pods.ts';
import { seen, surveyOf, UNSEEN, workloadOf } from '../../../support/adoption-samples.ts';

const USER = 'system:serviceaccount:shop:default';

test('workloads under an account that is impersonated are a question', () => {
  const names = ['a', 'b', 'c', 'd'];
  const workloads = seen(names.map((name) => workloadOf({ name })));

  const [question, ...more] = askAccountPods(
    [USER, 'system:serviceaccount:x:y'],
    surveyOf({ workloads }),
  );

  assert.match(
    question?.text ?? '',
    /^Deployment shop\/a, Deployment shop\/b, Deployment shop\/c and 1 more runs under/u,
  );
  assert.deepEqual(more, []);
  const one = askAccountPods([USER], surveyOf({ workloads: seen([workloadOf()]) }));
  assert.match(one[0]?.text ?? '', /^Deployment shop\/checkout runs under/u);
});

test('where nothing runs under them, nothing is asked', () => {
  assert.deepEqual(askAccountPods([USER], surveyOf()), []);
  assert.deepEqual(askAccountPods([USER], surveyOf({ workloads: UNSEEN })), []);
});
