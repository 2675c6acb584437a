import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planGrants } from '../../../../src/compose/adoption/plan-grants.ts';
import { surveyOf, UNSEEN } from '../../../support/adoption-samples.ts';

test('what was read as a whole is no blind spot', () => {
  assert.deepEqual(planGrants(surveyOf()), []);
});

test('what is forbidden, cut or failed is told, and a permission helps against the first alone', () => {
  const survey = surveyOf({
    workloads: UNSEEN,
    accounts: { status: 'cut', value: [], reason: 'too many' },
    version: { status: 'unseen', reason: 'no answer', isForbidden: false },
    argocdSettings: new Map([['argocd', UNSEEN]]),
    pods: new Map([['argocd', UNSEEN]]),
  });

  assert.deepEqual(
    planGrants(survey).map(({ resource, reason, isForbidden }) => [resource, reason, isForbidden]),
    [
      ['/version', 'no answer', false],
      ['deployments.apps,statefulsets.apps', 'the answer is 403', true],
      ['serviceaccounts', 'too many', false],
      ['configmaps', 'the answer is 403', true],
      ['pods', 'the answer is 403', true],
    ],
  );
});
