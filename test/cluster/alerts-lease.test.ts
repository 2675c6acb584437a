/** Two replicas at one Lease of a real API server, under the account and the rights that `deploy/base` gives. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { LeaderElection } from '../../src/kubernetes/leader-election/leader-election.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createClusterClient } from '../../src/kubernetes/client/client.ts';
import { LeaseElection } from '../../src/kubernetes/leader-election/lease-election.ts';
import type { Cluster } from '../support/cluster/cluster-handle.ts';
import { joinOrStartCluster } from '../support/cluster/shared-cluster.ts';
import { waitUntil } from '../support/wait-until.ts';

const BASE = join(import.meta.dirname, '..', '..', 'deploy', 'base');

describe('the lease of the replicas in a real cluster', () => {
  let cluster: Cluster;
  const clients: { close: () => void }[] = [];
  before(async () => {
    cluster = await joinOrStartCluster();
    const apply = ['apply', '--server-side'];
    await cluster.mustKubectl('alice', [...apply, '-f', join(BASE, 'namespace.yaml')]);
    await cluster.mustKubectl('alice', [...apply, '-k', BASE]);
    const create = ['-n', 'holdfast-system', 'create', 'token', 'holdfast'];
    const token = await cluster.mustKubectl('alice', create);
    await cluster.addUser('holdfast', token.trim());
  });
  after(async () => {
    for (const client of clients) client.close();
    await cluster.stop();
  });

  async function joinLease(
    identity: string,
    namespace = 'holdfast-system',
  ): Promise<LeaderElection> {
    const client = await createClusterClient({
      kubeconfigFile: cluster.kubeconfigOf('holdfast'),
      connectionsMax: 2,
      clock: systemClock,
    });
    assert.ok(client !== undefined);
    clients.push(client);
    const name = 'holdfast-alerts';
    const common = { durationMs: 3000, clock: systemClock };
    return new LeaseElection({ client, namespace, name, identity, ...common });
  }

  it('is held by one, shows both others, and passes on when its holder leaves or is gone', async () => {
    const [a, b] = [await joinLease('a'), await joinLease('b')];
    assert.deepEqual(await a.renew('of a'), { leads: true, others: [] });
    const second = await b.renew('of b');
    assert.deepEqual([second.leads, second.leader], [false, 'a']);
    assert.deepEqual(
      second.others.map(({ replica, text }) => [replica, text]),
      [['a', 'of a']],
    );
    const both = await Promise.all([a.renew('more of a'), b.renew('more of b')]);
    assert.deepEqual(
      both.map(({ leads, problem }) => [leads, problem]),
      [
        [true, undefined],
        [false, undefined],
      ],
    );
    await a.release();
    assert.equal((await b.renew('of b')).leads, true);
    // From now on b gives no sign of life.
    await waitUntil(async () => (await a.renew('of a')).leads, 20_000);
    const holder = await cluster.mustKubectl('alice', [
      '-n',
      'holdfast-system',
      'get',
      'lease',
      'holdfast-alerts',
      '-o',
      'jsonpath={.spec.holderIdentity} {.spec.leaseTransitions}',
    ]);
    assert.equal(holder, 'a 3');
  });

  it('takes a status as large as ours may be', async () => {
    const c = await joinLease('c');
    const { problem } = await c.renew('x'.repeat(24 * 1024));
    assert.equal(problem, undefined);
  });

  it('is not ours to write in another namespace', async () => {
    const { leads, problem } = await (await joinLease('d', 'default')).renew('');
    assert.equal(leads, false);
    assert.match(problem ?? '', /forbidden/u);
  });
});
