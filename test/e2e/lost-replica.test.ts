/**
 * A replica is lost under load, without a word. What it was asked at that moment is refused by the API server, since nobody answers;
 * nothing passes unjudged, and the other replica judges on. Where the two lose each other, people hear of one cause once.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createApprovers } from '../support/cluster/break-glass-stage.ts';
import type { Approvers } from '../support/cluster/break-glass-stage.ts';
import { runHoldfast } from '../support/cluster/holdfast.ts';
import { startOtherWebhook } from '../support/cluster/other-webhook.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import type { ShopCluster } from '../support/cluster/shop-cluster.ts';
import { applyAsArgoCd, trackingAnnotation } from '../support/cluster/shop.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { findLeader } from '../support/load/leader.ts';
import type { PacedLoad } from '../support/load/paced-load.ts';
import { attemptDuring, NOT_FOLDED, startPager } from '../support/load/pager.ts';
import type { Pager } from '../support/load/pager.ts';
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
/** The clock of the second replica is ahead. */
const CLOCK_SHIFT_MS = 3 * 60_000;
const USED = 'holdfast_grants_total{code="used"}';
const DENIED = 'holdfast_decisions_total{route="validate",operation="UPDATE",decision="denied"}';
const LEFT = 'holdfast_alert_outbox_entries';
/** Longer than the lease, and shorter than what makes an incident quiet. */
const TROUBLE_MS = 5000;
const ITEMS = 12;
const ITEM_USES = 4;

describe('a replica is lost under load', () => {
  let shop: ShopCluster;
  let replicas: Replicas;
  let pager: Pager;
  let approvers: Approvers;
  before(async () => {
    pager = await startPager();
    approvers = await createApprovers(['anna']);
    shop = await startShopCluster({
      auditLog: true,
      audit: { journal: { folder: 'journal', folding: NOT_FOLDED } },
      alerts: pager.alerts,
      breakGlass: {
        approvers: approvers.settings,
        limits: { listCacheMs: 0, returnAfterMs: 1000 },
      },
    });
    replicas = await startReplicas(shop, { clockShiftMs: CLOCK_SHIFT_MS });
  });
  after(async () => {
    await shop?.cluster.stop();
    await pager?.stop();
    await approvers?.remove();
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

  const countDenied = (): Promise<number[]> =>
    Promise.all(replicas.all.map((replica) => replica.readMetric(DENIED)));

  async function waitUntilLost(replica: Replica): Promise<void> {
    await waitFor('another one leads', async () => {
      const leader = await findLeader(shop.cluster);
      return leader !== '' && leader !== replica.name;
    });
  }

  it('both hear of one cause while they lose each other: one incident, resolved once, with every attempt', async (t) => {
    const earlier = await countDenied();
    await attemptDuring(shop.cluster, () =>
      waitFor('both were asked', async () => {
        const now = await countDenied();
        return now.every((count, index) => count > (earlier[index] ?? 0));
      }),
    );
    await waitFor('an incident is open', () => pager.incidents().length === 1);
    const [cut] = await leaderAndOther();
    await attemptDuring(shop.cluster, async () => {
      cut.apiServerProxy.cut(true);
      await waitUntilLost(cut);
      const told = pager.accepted().length;
      await waitFor('people hear on', () => pager.accepted().length > told + 2);
      cut.apiServerProxy.cut(false);
    });
    const [frozen] = await leaderAndOther();
    await attemptDuring(shop.cluster, async () => {
      await frozen.standStill(TROUBLE_MS);
      await waitFor('it is ready again', () => replicas.address.ready().includes(frozen.name));
    });
    await attemptDuring(shop.cluster, async () => {
      pager.setAway(true);
      await waitFor('messages are refused', () => pager.refused() > 1);
      pager.setAway(false);
    });
    await waitFor('it is resolved', () =>
      pager.incidents().every(({ state }) => state === 'resolved'),
    );
    await waitFor('nothing is left to tell', async () => {
      const left = await Promise.all(replicas.all.map((replica) => replica.readMetric(LEFT)));
      return left.every((count) => count === 0);
    });

    const denied = await countDenied();
    const attempts = denied.map((count, index) => count - (earlier[index] ?? 0));
    t.diagnostic(`${attempts.join(' and ')} attempts, ${pager.accepted().join(' ')}`);
    assert.ok(attempts.every((count) => count > 0));
    assert.deepEqual(
      pager.incidents().map(({ state }) => state),
      ['resolved'],
    );
    assert.equal(
      pager.attempts(),
      attempts.reduce((sum, count) => sum + count, 0),
    );
  });

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

  const itemPath = (index: number): string =>
    `/api/v1/namespaces/shop/configmaps/item-${String(index)}`;

  /** How many uses each replica has let pass. */
  async function readUsed(): Promise<readonly [number, number]> {
    const [first, second] = replicas.all;
    return [await first.readMetric(USED), await second.readMetric(USED)];
  }

  /** `made`, or the code of the grant that does not help; empty where nobody could say. */
  async function writeItem(index: number): Promise<string> {
    const { code, body } = await shop.cluster.request('alice', itemPath(index), {
      method: 'PATCH',
      body: { data: { greeting: String(Date.now()) } },
    });
    if (code === 200) return 'made';
    return /\((grant_[a-z_]+)\)/u.exec(body.message ?? '')?.[1] ?? '';
  }

  it('both share the uses of a grant: of many writes at once just as many pass as it has', async (t) => {
    const items = Array.from({ length: ITEMS }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: `item-${String(index)}`,
        namespace: 'shop',
        annotations: trackingAnnotation('checkout', `/ConfigMap:shop/item-${String(index)}`),
      },
    }));
    await applyAsArgoCd(shop.cluster, items);
    await approvers.present(shop.cluster, {
      resource: 'configmaps',
      object: '*',
      uses: String(ITEM_USES),
    });
    let made = 0;
    await Promise.all(
      items.map((_, index) =>
        waitFor('the grant is used up', async () => {
          const answer = await writeItem(index);
          if (answer === 'made') made += 1;
          return answer === 'grant_used_up';
        }),
      ),
    );

    const [first, second] = await readUsed();
    t.diagnostic(`${String(first)} by the one, ${String(second)} by the other`);
    assert.equal(made, ITEM_USES);
    assert.equal(first + second, ITEM_USES);
  });

  it('a use whose replica is killed before the write is given back by the other one', async () => {
    const other = await startOtherWebhook(shop.cluster, {
      apiGroups: [''],
      resources: ['configmaps'],
    });
    await approvers.present(shop.cluster, { resource: 'configmaps', object: '*', uses: '1' });
    const [usedBefore] = await readUsed();
    const killed = Promise.withResolvers<Replica>();
    other.answerWith(async () => {
      const [used] = await readUsed();
      const taker = used > usedBefore ? replicas.all[0] : replicas.all[1];
      await taker.kill();
      killed.resolve(taker);
      return false;
    });

    const refused = await writeItem(0);
    const taker = await killed.promise;
    other.answerWith(undefined);
    await waitFor(
      'the address leaves it out',
      () => !replicas.address.ready().includes(taker.name),
    );

    assert.notEqual(refused, 'made');
    await waitFor('the use is given back', async () => (await writeItem(0)) === 'made');
    assert.equal(await writeItem(0), 'grant_used_up');
    await taker.start();
  });
});
