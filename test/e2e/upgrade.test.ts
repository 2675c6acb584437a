/**
 * From the previous version to this one and back, one replica after the other, under load: no write fails that this version is asked about, none passes
 * unjudged, each replica's journal is one chain, whoever wrote which part, and both make one incident of what they hear of at one Lease.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { runHoldfast } from '../support/cluster/holdfast.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import type { ShopCluster } from '../support/cluster/shop-cluster.ts';
import { NO_HISTORY, preparePreviousVersion } from '../support/load/previous-version.ts';
import type { PreviousVersion } from '../support/load/previous-version.ts';
import { attemptDuring, NOT_FOLDED, startPager } from '../support/load/pager.ts';
import type { Pager } from '../support/load/pager.ts';
import { CURRENT_ENTRY, startReplicas } from '../support/load/replicas.ts';
import type { Configuration, Replica, Replicas } from '../support/load/replicas.ts';
import { assertFailedClosed, assertNothingLost, loadDuring } from '../support/load/shop-load.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

const previous = await preparePreviousVersion();

/** What the previous version knows of the configuration. */
function reduce(
  { cluster, identity, audit, alerts, kubernetes }: Configuration,
  bundle: string,
): object {
  return { cluster, identity, audit, alerts, kubernetes, policies: { bundle } };
}

describe('an upgrade under load', { skip: previous === undefined ? NO_HISTORY : false }, () => {
  let shop: ShopCluster;
  let replicas: Replicas;
  let pager: Pager;
  const version = (): PreviousVersion => {
    assert.ok(previous !== undefined);
    return previous;
  };
  before(async () => {
    pager = await startPager();
    shop = await startShopCluster({
      auditLog: true,
      audit: { journal: { folder: 'journal', folding: NOT_FOLDED } },
      alerts: pager.alerts,
    });
    const { entry, bundle } = version();
    const configure = (registered: Configuration) => ({ ...reduce(registered, bundle) });
    replicas = await startReplicas(shop, { entry, configure });
  });
  after(async () => {
    await shop?.cluster.stop();
    await pager?.stop();
  });

  const setBundle = async (replica: Replica, bundle: string): Promise<void> => {
    await replica.writeConfiguration((configuration) => ({
      ...configuration,
      policies: { bundle },
    }));
  };

  it('to this version, which is registered again: nothing is lost but what the previous one drops as it stops', async (t) => {
    const own = await bundleFolder();
    const result = await loadDuring(shop.cluster, async () => {
      // The new program reads the configuration of the old one; its policies come with it.
      await replicas.roll(CURRENT_ENTRY, (replica) => setBundle(replica, own));
      await replicas.register();
    });
    // It closed connections of the API server while requests were on their way.
    assertFailedClosed(result, (line) => t.diagnostic(line));
    assert.equal(result.judgements.policyRevisions.length, 2);
  });

  it('and back', async (t) => {
    const { entry, bundle } = version();
    const result = await loadDuring(shop.cluster, () =>
      replicas.roll(entry, (replica) => setBundle(replica, bundle)),
    );
    assertNothingLost(result, (line) => t.diagnostic(line));
    assert.equal(result.judgements.policyRevisions.length, 2);
  });

  it('each journal is one chain, whoever verifies it', async () => {
    for (const { folder } of replicas.all) {
      assert.match(await runHoldfast(folder, ['audit', 'verify', 'journal']), /journal: ok/u);
      const old = await runHoldfast(folder, ['audit', 'verify', 'journal'], version().entry);
      assert.match(old, /journal: ok/u);
    }
  });

  it('a cause that both versions hear of while they stand beside each other is one incident, which ends once, there and back', async () => {
    const { entry, bundle } = version();
    const own = await bundleFolder();
    const [replica] = replicas.all;
    const change = async (next: string, policies: string): Promise<void> => {
      await replica.stop();
      await setBundle(replica, policies);
      await replica.start(next);
    };
    await attemptDuring(shop.cluster, async () => {
      await waitFor('an incident is open', () => pager.incidents().length === 1);
      await change(CURRENT_ENTRY, own);
      await change(entry, bundle);
    });
    await waitFor('it is resolved', () =>
      pager.incidents().every(({ state }) => state === 'resolved'),
    );

    assert.deepEqual(
      pager.incidents().map(({ state }) => state),
      ['resolved'],
    );
  });

  it('goes on with this version from what the previous one has written last', async () => {
    const [replica] = replicas.all;
    await replica.stop();
    await setBundle(replica, await bundleFolder());
    await replica.start();
    await shop.cluster.kubectl('alice', ['delete', 'configmap', 'checkout', '-n', 'shop']);
    assert.match(await runHoldfast(replica.folder, ['audit', 'verify', 'journal']), /journal: ok/u);
  });
});
