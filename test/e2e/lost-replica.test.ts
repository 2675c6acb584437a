/**
 * A replica is lost under load, without a word. What it was asked at that moment is refused by the API server, since nobody answers;
 * nothing passes unjudged, and the other replica judges on.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { runHoldfast } from '../support/cluster/holdfast.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import type { ShopCluster } from '../support/cluster/shop-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { findLeader, startAlertReceiver } from '../support/load/leader.ts';
import type { AlertReceiver } from '../support/load/leader.ts';
import type { PacedLoad } from '../support/load/paced-load.ts';
import { startReplicas } from '../support/load/replicas.ts';
import type { Replica, Replicas } from '../support/load/replicas.ts';
import {
  assertFailedClosed,
  assertNothingLost,
  assertRefusedAsUnavailable,
  loadDuring,
} from '../support/load/shop-load.ts';

const DECISIONS = 'holdfast_decisions_total';
/** As long as a virtual machine stands still that is moved to another host. */
const FROZEN_MS = 20_000;

describe('a replica is lost under load', () => {
  let shop: ShopCluster;
  let replicas: Replicas;
  let receiver: AlertReceiver;
  before(async () => {
    receiver = await startAlertReceiver();
    shop = await startShopCluster({
      auditLog: true,
      audit: { journal: { folder: 'journal' } },
      alerts: receiver.alerts,
    });
    replicas = await startReplicas(shop);
  });
  after(async () => {
    await shop?.cluster.stop();
    await receiver?.stop();
  });

  async function leaderAndOther(): Promise<readonly [Replica, Replica]> {
    const name = await waitFor('a replica leads', async () => {
      const leader = await findLeader(shop.cluster);
      return replicas.all.some((replica) => replica.name === leader) ? leader : undefined;
    });
    const [first, second] = replicas.all;
    return first.name === name ? [first, second] : [second, first];
  }

  /** The API server keeps to connections that it has: one replica may hear of nothing. */
  async function findAsked(load: PacedLoad): Promise<Replica> {
    const count = () => Promise.all(replicas.all.map((each) => each.readMetric(DECISIONS)));
    const [first = 0, second = 0] = await count();
    const answers = load.answers();
    await waitFor('the load goes on', () => load.answers() > answers + 100);
    const [firstLater = 0, secondLater = 0] = await count();
    return firstLater - first > secondLater - second ? replicas.all[0] : replicas.all[1];
  }

  it('the leader is killed: the other one leads, and the journal of the dead goes on as one chain', async (t) => {
    const [leader, other] = await leaderAndOther();
    const result = await loadDuring(shop.cluster, async () => {
      await leader.kill();
      await waitFor(
        'the address leaves it out',
        () => !replicas.address.ready().includes(leader.name),
      );
      await waitFor(
        'the other one leads',
        async () => (await findLeader(shop.cluster)) === other.name,
      );
    });
    assertFailedClosed(result, (line) => t.diagnostic(line));
    const back = await loadDuring(shop.cluster, () => leader.start());
    assertNothingLost(back, (line) => t.diagnostic(line));
    const verified = await runHoldfast(leader.folder, ['audit', 'verify', 'journal']);
    assert.match(verified, /journal: ok/u);
  });

  it('the leader stands still for twenty seconds', async (t) => {
    const [leader, other] = await leaderAndOther();
    const result = await loadDuring(shop.cluster, async () => {
      await leader.standStill(FROZEN_MS);
      assert.equal(await findLeader(shop.cluster), other.name);
      await waitFor('it is ready again', () => replicas.address.ready().includes(leader.name));
    });
    assertFailedClosed(result, (line) => t.diagnostic(line));
  });

  it('the network swallows what the API server sends to one replica', async (t) => {
    const result = await loadDuring(shop.cluster, async (load) => {
      const cut = await findAsked(load);
      replicas.address.cutOff(cut.name, true);
      await waitFor(
        'the address leaves it out',
        () => !replicas.address.ready().includes(cut.name),
      );
      const answers = load.answers();
      await waitFor('the load goes on', () => load.answers() > answers + 200);
      replicas.address.cutOff(cut.name, false);
      await waitFor('it is ready again', () => replicas.address.ready().includes(cut.name));
    });
    assertFailedClosed(result, (line) => t.diagnostic(line));
  });

  it('the connections of one replica to the API server fall silent', async (t) => {
    const result = await loadDuring(shop.cluster, async (load) => {
      const cut = await findAsked(load);
      cut.apiServerProxy.freeze();
      const answers = load.answers();
      await waitFor('the load goes on', () => load.answers() > answers + 400);
    });
    assertRefusedAsUnavailable(result, (line) => t.diagnostic(line));
  });
});
