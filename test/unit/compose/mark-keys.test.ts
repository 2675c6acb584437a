import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MetadataKeeper } from '../../../src/cluster/watch/keep-metadata.ts';
import { isMarkKey } from '../../../src/compose/mark-keys.ts';
import { createMarkFinder } from '../../../src/ownership/find-mark.ts';
import type { ArgocdTrackingMethod } from '../../../src/ownership/find-mark.ts';

const LABEL = 'example.com/app';
const keeper = new MetadataKeeper((key) => isMarkKey(key, LABEL));
const identity = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };

it('isMarkKey keeps every mark that is looked for, so that a kept object is as managed as the whole one', () => {
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
  assert.equal(isMarkKey('meta.helm.sh/release-name', LABEL), true);
  assert.equal(isMarkKey('kubectl.kubernetes.io/last-applied-configuration', LABEL), false);
});
