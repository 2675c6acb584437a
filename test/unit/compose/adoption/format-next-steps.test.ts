import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNextSteps } from '../../../../src/compose/adoption/format-next-steps.ts';
import { planConfiguration } from '../../../../src/compose/adoption/plan-configuration.ts';
import { seen, surveyOf, UNSEEN } from '../../../support/adoption-samples.ts';

test('the commands name the file and the values of the platform', () => {
  const survey = surveyOf({
    version: seen('v1.34.1-gke.1'),
    counts: new Map([['pods', seen(200_000)]]),
  });

  const text = formatNextSteps(planConfiguration(survey, { cluster: 'a' }), "it's.yaml");

  assert.match(text, /holdfast config check 'it'\\''s\.yaml'$/mu);
  assert.match(text, /--set resources\.limits\.memory=1280Mi/u);
  assert.match(text, /--values deploy\/chart\/values\/gke\.yaml/u);
  assert.doesNotMatch(text, /kubectl create clusterrole/u);
});

test('permissions are proposed for what is forbidden, and never for Secrets', () => {
  const survey = surveyOf({ nodes: UNSEEN, workloads: UNSEEN, tokenSecrets: UNSEEN });

  const text = formatNextSteps(planConfiguration(survey, { cluster: 'a' }), 'holdfast.yaml');

  assert.match(text, /--resource=nodes,deployments\.apps,statefulsets\.apps$/mu);
  assert.doesNotMatch(text, /secrets|resources\.limits\.memory/u);
});
