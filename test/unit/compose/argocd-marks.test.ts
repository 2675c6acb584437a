import assert from 'node:assert/strict';
import { it } from 'node:test';
import { argocdMarks } from '../../../src/compose/argocd-marks.ts';

const live = {
  trackingMethod: 'label',
  instanceLabelKey: 'live/app',
  installationId: 'eu',
} as const;

it('argocdMarks follows the configuration, then argocd-cm, then the defaults of Argo CD', () => {
  const namespace = 'argocd';
  assert.deepEqual(argocdMarks({ namespace }, undefined), {
    namespace,
    trackingMethod: 'annotation',
    instanceLabelKey: 'app.kubernetes.io/instance',
    installationId: undefined,
  });
  assert.deepEqual(argocdMarks({ namespace }, live), { namespace, ...live });
  const configured = {
    namespace,
    trackingMethod: 'annotation',
    instanceLabelKey: 'my/app',
    installationId: 'us',
  } as const;
  assert.deepEqual(argocdMarks(configured, live), configured);
});
