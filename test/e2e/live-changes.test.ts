/** What is planned happens under load, to two replicas: no write fails, and none passes unjudged. */
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import type { ShopCluster } from '../support/cluster/shop-cluster.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { findLeader, startAlertReceiver, takeLease } from '../support/load/leader.ts';
import { startReplicas } from '../support/load/replicas.ts';
import type { Configuration, Replicas } from '../support/load/replicas.ts';
import { assertNothingLost, CLIENTS, loadDuring } from '../support/load/shop-load.ts';
import { bundleFolder } from '../support/policy-bundles.ts';
import { changeTimeout, waitUntilKept } from '../support/registration/changed-registration.ts';
import { REGISTRATION_ROLE } from '../support/registration/registration-role.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

interface Stage extends ShopCluster {
  readonly replicas: Replicas;
  readonly stop: () => Promise<void>;
}

async function startStage(): Promise<Stage> {
  const receiver = await startAlertReceiver();
  const shop = await startShopCluster({
    auditLog: true,
    audit: { journal: { folder: 'journal' } },
    alerts: receiver.alerts,
    prepared: REGISTRATION_ROLE,
  });
  const { stop } = shop.cluster;
  shop.cluster.onStop(receiver.stop);
  try {
    const authorityFile = join(shop.holdfast.folder, 'certs', 'ca.crt');
    const replicas = await startReplicas(shop, {
      configure: (registered, url) => ({
        ...registered,
        registration: { manage: true, url, authorityFile },
      }),
    });
    return { ...shop, replicas, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Fewer policies, which judge what is written here as all of them do. */
async function buildSmallBundle(folder: string): Promise<string> {
  for (const name of ['lib', 'gitops_only_writes']) {
    await cp(join(POLICIES, name), join(folder, name), { recursive: true });
  }
  return bundleFolder(folder);
}

describe('under load, with two replicas', () => {
  const stage = useCluster(startStage);

  it('one replica after the other is restarted', async (t) => {
    const { cluster, replicas } = stage();
    const result = await loadDuring(cluster, () => replicas.roll());
    assertNothingLost(result, (line) => t.diagnostic(line));
  });

  it('the configuration changes, and is broken and mended', async (t) => {
    const { cluster, replicas } = stage();
    const rename = (name: string) => (configuration: Configuration) => ({
      ...configuration,
      cluster: { name },
    });
    const result = await loadDuring(cluster, async () => {
      for (const replica of replicas.all) await replica.configure(rename('renamed'));
      for (const replica of replicas.all) {
        await replica.breakConfiguration();
        await replica.configure(rename('test'));
      }
    });
    assertNothingLost(result, (line) => t.diagnostic(line));
    assert.deepEqual(result.judgements.clusters, ['renamed', 'test']);
  });

  it('the policies change to another bundle and back', async (t) => {
    const { cluster, replicas } = stage();
    const small = await buildSmallBundle(join(cluster.folder, 'small-policies'));
    const full = await bundleFolder();
    const result = await loadDuring(cluster, async () => {
      for (const bundle of [small, full]) {
        for (const replica of replicas.all) {
          await replica.configure((configuration) => ({ ...configuration, policies: { bundle } }));
        }
      }
    });
    assertNothingLost(result, (line) => t.diagnostic(line));
    assert.equal(result.judgements.policyRevisions.length, 2);
  });

  it('the leader loses its lease to the other replica, and wins it back', async (t) => {
    const { cluster } = stage();
    const first = await findLeader(cluster);
    const result = await loadDuring(cluster, () => takeLease(cluster, 'holdfast-alerts'));
    assertNothingLost(result, (line) => t.diagnostic(line));
    assert.match(first, /^holdfast-[01]$/u);
  });

  it('who keeps the registration loses its lease, and what is changed then is put right', async (t) => {
    const { cluster } = stage();
    await waitUntilKept(cluster);
    const result = await loadDuring(cluster, async () => {
      await takeLease(cluster, 'holdfast-registration');
      await changeTimeout(cluster);
      await waitUntilKept(cluster);
    });
    assertNothingLost(result, (line) => t.diagnostic(line));
  });

  it('the API server is killed and starts again', async (t) => {
    const { cluster } = stage();
    const result = await loadDuring(cluster, async (load) => {
      await load.whileApiServerIsAway(() => cluster.restartApiServer());
      await changeTimeout(cluster);
      await waitUntilKept(cluster);
    });
    assertNothingLost(result, (line) => t.diagnostic(line));
    // What was on its way when it was killed, and what it had answered but not yet written into its log.
    assert.ok(result.interrupted <= CLIENTS, String(result.interrupted));
    assert.ok(result.judgements.unlogged.length <= CLIENTS);
  });
});
