import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyPlatform } from '../../../../src/compose/adoption/classify-platform.ts';
import { seen, surveyOf, UNSEEN } from '../../../support/adoption-samples.ts';

for (const [version, platform] of [
  ['v1.34.1-eks-113cf36', 'eks'],
  ['v1.34.1-gke.1234000', 'gke'],
  ['v1.34.1+k3s1', 'k3s'],
  ['v1.34.1+rke2r1', 'k3s'],
  ['v1.34.1', 'on-premises'],
] as const) {
  test(`version ${version} is ${platform}`, () => {
    assert.equal(classifyPlatform(surveyOf({ version: seen(version) })).platform, platform);
  });
}

for (const [label, platform] of [
  ['eks.amazonaws.com/nodegroup', 'eks'],
  ['cloud.google.com/gke-nodepool', 'gke'],
  ['kubernetes.azure.com/cluster', 'aks'],
  ['node.openshift.io/os_id', 'openshift'],
  ['k3s.io/hostname', 'k3s'],
  ['kubernetes.io/hostname', 'on-premises'],
] as const) {
  test(`a node with the label ${label} is ${platform}`, () => {
    const nodes = seen([{ name: 'a', labels: { [label]: '' } }]);

    assert.equal(classifyPlatform(surveyOf({ version: UNSEEN, nodes })).platform, platform);
  });
}

test('OpenShift on a cloud is OpenShift, by what it serves', () => {
  const survey = surveyOf({
    version: seen('v1.34.1-eks-1'),
    served: new Set(['pods', 'clusterversions.config.openshift.io']),
  });

  assert.deepEqual(classifyPlatform(survey), {
    platform: 'openshift',
    because: 'the API server serves clusterversions.config.openshift.io',
  });
});
