/**
 * Objects with more labels and annotations than the match conditions read: the API server asks about each request for one, and
 * Holdfast judges it like any other. What the conditions say by themselves is in registration.test.ts.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { readDenial } from '../support/cluster/denial.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { applyAsArgoCd, trackingAnnotation } from '../support/cluster/shop.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

/** More than the 1,000 that are read. */
const KEYS = 1500;
const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/crowded';
const PUBLISHER = [
  '--as=system:serviceaccount:kube-system:root-ca-cert-publisher',
  '--as-uid=00000000-0000-4000-8000-000000000000',
  '--as-group=system:masters',
];

describe('an object with 1,500 labels and annotations', () => {
  const shop = useCluster(async () => {
    const { cluster } = await startShopCluster();
    return { cluster, stop: cluster.stop };
  });

  before(async () => {
    await applyAsArgoCd(shop().cluster, [crowded()]);
  });

  it('is rolled out by the real controllers, whose reports are judged', async () => {
    await waitFor('its pod is ready', async () => {
      const { body } = await shop().cluster.request('root', DEPLOYMENT);
      return body.status?.['readyReplicas'] === 1;
    });
  });

  it('is changed by nobody else, also not under the name of a controller', async () => {
    const patch = ['-n', 'shop', 'label', 'deployment/crowded', 'k1=changed', '--overwrite'];
    for (const flags of [[], PUBLISHER]) {
      const refused = await shop().cluster.kubectl('alice', [...patch, ...flags]);
      assert.ok(
        readDenial(refused)?.findings.includes('managed_object_changed by gitops_only_writes'),
        refused.stderr,
      );
    }
  });

  it('is a controller’s to change where nobody declares it', async () => {
    const { cluster } = shop();
    const input = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'free', namespace: 'shop', labels: keys(), annotations: keys() },
    };
    await cluster.mustKubectl('alice', ['create', '-f', '-'], { input });
    const patch = ['-n', 'shop', 'label', 'configmap/free', 'k1=changed', '--overwrite'];
    const changed = await cluster.kubectl('alice', [...patch, ...PUBLISHER]);
    assert.equal(changed.code, 0, changed.stderr);
  });
});

function keys(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: KEYS }, (_, index) => [`k${String(index)}`, 'value']),
  );
}

function crowded(): object {
  const app = { app: 'crowded' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'crowded',
      namespace: 'shop',
      labels: keys(),
      annotations: { ...keys(), ...trackingAnnotation('checkout', 'apps/Deployment:shop/crowded') },
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: app },
      template: {
        metadata: { labels: app },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'app', image: 'registry.local/app:1' }],
        },
      },
    },
  };
}
