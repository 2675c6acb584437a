/**
 * Certificates and registration that Holdfast keeps both itself, on a real API server, with the rights of the chart: from an
 * empty cluster to a registration, by one replica and by two that start at once, with writes going on that must not fail.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { WEBHOOK_NAMES } from '../../src/registration/plan-registration.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import { waitUntilAsked } from '../support/cluster/holdfast.ts';
import { prepareManagedHoldfast } from '../support/cluster/managed-holdfast.ts';
import { installController, ARGOCD } from '../support/cluster/service-account-user.ts';
import { startSteadyWrites } from '../support/cluster/steady-writes.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const SECRET = '/api/v1/namespaces/holdfast-system/secrets/holdfast-certificates';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const CONFIGURATIONS = [
  `${ADMISSION}/validatingwebhookconfigurations/holdfast`,
  `${ADMISSION}/mutatingwebhookconfigurations/holdfast`,
  `${ADMISSION}/validatingwebhookconfigurations/holdfast-probe`,
];
const WEBHOOKS = Object.keys(WEBHOOK_NAMES).length;

/** Keeps the probe away, as does an API server that Holdfast has no rights on. */
const NO_PROBE: readonly object[] = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'no-probe' },
    spec: {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['admissionregistration.k8s.io'],
            apiVersions: ['*'],
            operations: ['CREATE'],
            resources: ['validatingwebhookconfigurations'],
          },
        ],
      },
      validations: [{ expression: "object.metadata.name != 'holdfast-probe'" }],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'no-probe' },
    spec: { policyName: 'no-probe', validationActions: ['Deny'] },
  },
];

describe('a Holdfast that makes its certificates and registers itself', () => {
  const world = useCluster(async () => {
    const cluster = await startCluster();
    try {
      await installController(cluster, ARGOCD);
      await cluster.mustKubectl('root', ['create', 'namespace', 'shop']);
      const names = ['holdfast-0', 'holdfast-1'];
      const holdfast = await prepareManagedHoldfast(cluster, names, { registersItself: true });
      return { cluster, holdfast, stop: cluster.stop };
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  });

  const authorities = async (): Promise<readonly string[]> => {
    const bundles = await world().holdfast.bundles();
    assert.equal(bundles.length, WEBHOOKS);
    return [...new Set(bundles.map((bundle) => bundle.join()))];
  };

  it('registers nothing as long as the API server does not reach it', async () => {
    const { cluster, holdfast } = world();
    const [first] = holdfast.replicas;
    assert.ok(first !== undefined);
    await cluster.mustKubectl('root', ['apply', '-f', '-'], { input: NO_PROBE });
    const probing = {
      method: 'POST',
      body: { metadata: { name: 'holdfast-probe' } },
    } as const;
    await waitFor('the probe is kept away', async () => {
      const path = `${ADMISSION}/validatingwebhookconfigurations?dryRun=All`;
      return (await cluster.request('root', path, probing)).code === 422;
    });
    await first.start();
    await waitFor('it says so', async () =>
      (await readFile(first.logFile, 'utf8')).includes('The registration cannot be kept'),
    );
    for (const path of CONFIGURATIONS) {
      assert.equal((await cluster.request('root', path)).code, 404, path);
    }
  });

  it('is registered from nothing by one replica, and no write fails', async (t) => {
    const { cluster, holdfast } = world();
    const traffic = startSteadyWrites(cluster, { mayPass: true });
    t.after(() => traffic.stop());
    await cluster.mustKubectl('root', ['delete', '-f', '-'], { input: NO_PROBE });
    await waitUntilAsked(cluster);
    await waitUntilReady(holdfast.replicas[0]?.metricsUrl);
    assert.equal((await authorities()).length, 1);
    assert.deepEqual((await traffic.stop()).unexpected, []);
  });

  it('is registered again within its own trust after the registration was deleted', async () => {
    const { cluster } = world();
    const [before] = await authorities();
    const [validating = ''] = CONFIGURATIONS;
    assert.equal((await cluster.request('root', validating, { method: 'DELETE' })).code, 200);
    await waitFor(
      'it is there again',
      async () => (await cluster.request('root', validating)).code === 200,
    );
    await waitUntilAsked(cluster);
    assert.deepEqual(await authorities(), [before]);
  });

  it('is registered from nothing by two replicas that start at once, which agree on one authority', async (t) => {
    const { cluster, holdfast } = world();
    const [before] = await authorities();
    await holdfast.replicas[0]?.stop('SIGTERM');
    for (const path of [...CONFIGURATIONS, SECRET]) {
      assert.equal((await cluster.request('root', path, { method: 'DELETE' })).code, 200, path);
    }
    const traffic = startSteadyWrites(cluster, { mayPass: true });
    t.after(() => traffic.stop());
    await Promise.all(holdfast.replicas.map((replica) => replica.start()));
    await waitUntilAsked(cluster);
    for (const { metricsUrl } of holdfast.replicas) await waitUntilReady(metricsUrl);
    const after = await authorities();
    assert.equal(after.length, 1);
    assert.notEqual(after[0], before);
    assert.deepEqual((await traffic.stop()).unexpected, []);
  });
});

async function waitUntilReady(metricsUrl = ''): Promise<void> {
  await waitFor('it finds nothing wrong', async () => {
    const text = await (await fetch(`${metricsUrl}/readyz`)).text();
    return ['certificate', 'trust', 'registration'].every((name) => text.includes(`[+]${name} ok`));
  });
}
