/** Events in a real API server, written under an account that may do no more than `deploy/base` grants. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Sink } from '../../src/delivery/sink.ts';
import { KubernetesEventsSink } from '../../src/sinks/kubernetes-events/kubernetes-events-sink.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createClusterClient } from '../../src/kubernetes/client/client.ts';
import type { Cluster } from '../support/cluster/cluster-handle.ts';
import { joinOrStartCluster } from '../support/cluster/shared-cluster.ts';
import { sampleEntry, sampleRecord } from '../support/journal-entries.ts';

const BASE = join(import.meta.dirname, '..', '..', 'deploy', 'base');
const { object } = sampleRecord(1);

describe('Kubernetes Events in a real cluster', () => {
  let cluster: Cluster;
  let uid: string;
  before(async () => {
    cluster = await joinOrStartCluster();
    const apply = ['apply', '--server-side'];
    await cluster.mustKubectl('alice', [...apply, '-f', join(BASE, 'namespace.yaml')]);
    await cluster.mustKubectl('alice', [...apply, '-k', BASE]);
    await cluster.mustKubectl('alice', ['create', 'namespace', 'events']);
    await cluster.mustKubectl('alice', ['-n', 'events', 'create', 'configmap', 'settings']);
    uid = await cluster.mustKubectl('alice', [
      '-n',
      'events',
      'get',
      'configmap',
      'settings',
      '-o',
      'jsonpath={.metadata.uid}',
    ]);
    const token = await cluster.mustKubectl('alice', [
      '-n',
      'holdfast-system',
      'create',
      'token',
      'holdfast',
    ]);
    await cluster.addUser('holdfast', token.trim());
    const stranger = await cluster.mustKubectl('alice', [
      '-n',
      'events',
      'create',
      'token',
      'default',
    ]);
    await cluster.addUser('stranger', stranger.trim());
    await cluster.addUser('nobody', 'no-such-token');
  });
  after(() => cluster.stop());

  async function connect(user: string): Promise<Sink> {
    const client = await createClusterClient({
      kubeconfigFile: cluster.kubeconfigOf(user),
      connectionsMax: 2,
      clock: systemClock,
    });
    assert.ok(client !== undefined);
    const settings = { name: 'told', eventIntervalMs: 0, delivery: { timeoutMs: 10_000 } };
    return new KubernetesEventsSink(settings, { clock: systemClock }, client);
  }

  const send = (sink: Sink, entries: Parameters<Sink['send']>[0]) =>
    sink.send(entries, AbortSignal.timeout(60_000));

  const settings = () => ({
    ...object,
    group: '',
    resource: 'configmaps',
    kind: 'ConfigMap',
    namespace: 'events',
    name: 'settings',
    uid,
  });

  it('are on the object, and count a retry loop across a restart of ours', async () => {
    const first = await connect('holdfast');
    const entry = (sequence: number) => sampleEntry(sequence, { object: settings() });

    assert.deepEqual(await send(first, [entry(1)]), { status: 'delivered' });
    assert.deepEqual(await send(first, [entry(2), entry(3)]), { status: 'delivered' });
    await first.close();
    const second = await connect('holdfast');
    assert.deepEqual(await send(second, [entry(3), entry(4)]), { status: 'delivered' });
    await second.close();

    const described = await cluster.mustKubectl('alice', [
      '-n',
      'events',
      'describe',
      'configmap',
      'settings',
    ]);
    assert.match(described, /Warning\s+ManagedObjectChanged\s.*alice: deployments\.apps/u);
    const counts = await cluster.mustKubectl('alice', [
      '-n',
      'events',
      'get',
      'events.events.k8s.io',
      '-o',
      'jsonpath={range .items[*]}{.regarding.name} {.series.count} {.regarding.uid}{"\\n"}{end}',
    ]);
    assert.equal(counts, `settings 4 ${uid}\n`);
  });

  it('about objects of the whole cluster are in the namespace default', async () => {
    const sink = await connect('holdfast');
    const node = { ...object, group: '', resource: 'nodes', kind: 'Node', namespace: '' };

    const outcome = await send(sink, [sampleEntry(5, { object: { ...node, name: 'worker-9' } })]);
    await sink.close();

    assert.deepEqual(outcome, { status: 'delivered' });
    const names = await cluster.mustKubectl('alice', [
      '-n',
      'default',
      'get',
      'events.events.k8s.io',
      '-o',
      'jsonpath={.items[*].regarding.name}',
    ]);
    assert.match(names, /worker-9/u);
  });

  it('keep to the lengths of the API, whatever people choose', async () => {
    const sink = await connect('holdfast');
    const long = sampleEntry(6, {
      object: settings(),
      message: '€'.repeat(5000),
      code: 'a_'.repeat(500),
      user: { username: `${'u'.repeat(5000)}\n"'{}`, groups: [], extra: {} },
      replica: 'r'.repeat(253),
    });

    assert.deepEqual(await send(sink, [long]), { status: 'delivered' });
    await sink.close();
  });

  it('in a namespace that is not there are refused, and hold up nobody', async () => {
    const sink = await connect('holdfast');
    const lost = sampleEntry(7, { object: { ...settings(), namespace: 'nowhere' } });
    const kept = sampleEntry(8, { object: { ...settings(), name: 'other' } });

    assert.deepEqual(await send(sink, [lost, kept]), {
      status: 'refused',
      sequences: [7],
      reason: 'There is no namespace "nowhere" to write the Event in',
    });
    await sink.close();
  });

  it('wait where our account may not write them, or is not known', async () => {
    for (const user of ['stranger', 'nobody']) {
      const sink = await connect(user);

      const outcome = await send(sink, [sampleEntry(9, { object: { ...settings(), name: user } })]);

      assert.equal(outcome.status, 'retry', JSON.stringify(outcome));
      await sink.close();
    }
  });
});
