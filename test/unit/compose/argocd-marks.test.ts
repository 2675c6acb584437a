import assert from 'node:assert/strict';
import { it } from 'node:test';
import { argocdMarks, markKeys } from '../../../src/compose/argocd-marks.ts';
import { MetadataReducer } from '../../../src/kubernetes/watch/reduce-metadata.ts';
import { createMarkFinder } from '../../../src/ownership/find-mark.ts';
import type { ArgocdTrackingMethod } from '../../../src/ownership/find-mark.ts';

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

const LABEL = 'example.com/app';
const selectors = [{ name: 'mine', labels: { team: 'a' } }, { name: 'all' }];
const argocd = { namespace: 'argocd', instanceLabelKey: LABEL };
const keys = markKeys({ argocd, selectors }, undefined);
const keeper = new MetadataReducer((key) => keys.has(key));
const identity = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };

it('markKeys names every mark that is looked for, so that a kept object is as managed as the whole one', () => {
  const findMark = (trackingMethod: ArgocdTrackingMethod) =>
    createMarkFinder({
      argocd: {
        namespace: 'argocd',
        trackingMethod,
        instanceLabelKey: LABEL,
        installationId: 'eu',
      },
      flux: { enabled: true },
    });
  const installation = { 'argocd.argoproj.io/installation-id': 'eu' };
  const tracking = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' };
  const fluxOf = (group: string) => ({ [`${group}/name`]: 'shop', [`${group}/namespace`]: 'flux' });
  const marked = [
    { annotations: { ...installation, ...tracking } },
    { annotations: installation, labels: { [LABEL]: 'shop' } },
    { labels: fluxOf('kustomize.toolkit.fluxcd.io') },
    { labels: fluxOf('helm.toolkit.fluxcd.io') },
  ];
  for (const metadata of marked) {
    const methods = (['annotation', 'label'] as const).map(findMark);
    const whole = methods.map((find) => find({ metadata }, identity));
    const kept = methods.map((find) => find({ metadata: keeper.keep({ metadata }) }, identity));
    assert.ok(whole.some((mark) => mark?.self === true));
    assert.deepEqual(kept, whole);
  }
  assert.equal(keys.has('meta.helm.sh/release-name'), true);
  assert.equal(keys.has('team'), true);
  assert.equal(keys.has('kubectl.kubernetes.io/last-applied-configuration'), false);
  const renamed = { trackingMethod: 'label', instanceLabelKey: 'live/app' } as const;
  assert.equal(
    markKeys({ argocd: { namespace: 'argocd' }, selectors }, renamed).has('live/app'),
    true,
  );
});
