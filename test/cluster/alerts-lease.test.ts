/** Two replicas at one Lease of a real API server, under the account and the rights that `deploy/base` gives. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Meeting } from '../../src/kubernetes/leader-election/meeting.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createClusterClient } from '../../src/kubernetes/client/client.ts';
import { createLeaseMeeting } from '../../src/kubernetes/leader-election/lease.ts';
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

  async function joinLease(identity: string, namespace = 'holdfast-system'): Promise<Meeting> {
    const client = await createClusterClient({
      kubeconfigFile: cluster.kubeconfigOf('holdfast'),
      connectionsMax: 2,
      clock: systemClock,
    });
    assert.ok(client !== undefined);
    clients.push(client);
    const name = 'holdfast-alerts';
    const common = { durationMs: 3000, clock: systemClock };
    return createLeaseMeeting({ client, namespace, name, identity, ...common });
  }

  it('is held by one, shows both boards, and passes on when its holder leaves or is gone', async () => {
    const [a, b] = [await joinLease('a'), await joinLease('b')];
    assert.deepEqual(await a.meet('of a'), { speaks: true, boards: [] });
    assert.deepEqual(await b.meet('of b'), {
      speaks: false,
      speaker: 'a',
      boards: [{ replica: 'a', text: 'of a' }],
    });
    const both = await Promise.all([a.meet('more of a'), b.meet('more of b')]);
    assert.deepEqual(
      both.map(({ speaks, problem }) => [speaks, problem]),
      [
        [true, undefined],
        [false, undefined],
      ],
    );
    await a.leave();
    assert.equal((await b.meet('of b')).speaks, true);
    // From now on b gives no sign of life.
    await waitUntil(async () => (await a.meet('of a')).speaks, 20_000);
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

  it('takes a board as large as ours may be', async () => {
    const c = await joinLease('c');
    const { problem } = await c.meet('x'.repeat(24 * 1024));
    assert.equal(problem, undefined);
  });

  it('is not ours to write in another namespace', async () => {
    const { speaks, problem } = await (await joinLease('d', 'default')).meet('');
    assert.equal(speaks, false);
    assert.match(problem ?? '', /forbidden/u);
  });
});
