import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock, type Clock } from '../../../../src/base/clock.ts';
import {
  ObjectFollower,
  type FollowedKind,
  type FollowedObjects,
} from '../../../../src/kubernetes/watch/object-follower.ts';
import { sampleDiscovery } from '../../../support/discovery-samples.ts';
import { startFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.ts';
import { connectToFake } from '../../../support/fake-client.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const SERVICES: FollowedKind = { group: '', version: 'v1', kind: 'Service' };
const INGRESSES: FollowedKind = { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' };
const PATH = '/api/v1/services';
const web = {
  metadata: { name: 'web', namespace: 'shop', resourceVersion: '5', managedFields: [{}] },
  spec: { ports: [] },
};

interface Started {
  readonly server: FakeApiServer;
  readonly follower: ObjectFollower;
  readonly problems: readonly string[];
}

async function start(t: TestContext, clock: Clock = systemClock): Promise<Started> {
  const server = await startFakeApiServer();
  const served = sampleDiscovery([{ resource: 'services', kind: 'Service' }]);
  server.answer('/api', { body: served['/api'] });
  server.answer('/apis', { body: served['/apis'] });
  server.answer(PATH, { body: { metadata: { resourceVersion: '10' }, items: [web] } });
  const client = await connectToFake(server);
  const problems: string[] = [];
  const follower = new ObjectFollower({
    client,
    clock,
    random: () => 0,
    limits: {
      resources: [],
      resourcesMax: 10,
      entriesMax: 100,
      silenceMs: 90_000,
      resyncMs: 3_600_000,
    },
    onProblem: (kind, reason) => void problems.push(`${kind}: ${reason}`),
    scaleWait: () => 5,
  });
  // In this order: the server waits for the watches of its clients.
  t.after(async () => {
    await follower.close();
    client.close();
    await server.stop();
  });
  return { server, follower, problems };
}

function isKnown(found: FollowedObjects): boolean {
  return found.status === 'known';
}

describe('ObjectFollower', () => {
  it('keeps whole objects, as they are, and says what they are', async (t) => {
    const { server, follower } = await start(t);
    assert.deepEqual(follower.read(SERVICES), {
      status: 'unavailable',
      reason: 'the API server has not said what it serves',
    });

    follower.follow([SERVICES]);
    await waitUntil(() => isKnown(follower.read(SERVICES)));

    const found = follower.read(SERVICES);
    assert.ok(found.status === 'known');
    assert.deepEqual(found.objects?.get('shop', 'web'), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop', resourceVersion: '5' },
      spec: { ports: [] },
    });
    const before = follower.changes;
    const watch = await server.nextWatch(PATH);
    watch.open();
    watch.send('DELETED', { ...web, metadata: { ...web.metadata, resourceVersion: '11' } });
    await waitUntil(() => found.objects?.get('shop', 'web') === undefined);
    assert.equal(follower.changes, before + 1);
  });

  it('has none of a kind that is not served, and nothing to say of one that nobody asked for', async (t) => {
    const { follower } = await start(t);

    follower.follow([]);
    follower.follow([INGRESSES]);
    await waitUntil(() => isKnown(follower.read(INGRESSES)));

    assert.deepEqual(follower.read(INGRESSES), { status: 'known', objects: undefined });
    assert.deepEqual(follower.read(SERVICES), {
      status: 'unavailable',
      reason: 'Service of v1 is not followed',
    });
    follower.follow([SERVICES]);
    await waitUntil(() => isKnown(follower.read(SERVICES)));
  });

  it('says which permission is missing', async (t) => {
    const { server, follower, problems } = await start(t);
    server.answer(PATH, { status: 403, body: { message: 'no' } });

    follower.follow([SERVICES]);
    await waitUntil(() => problems.length > 0);

    assert.deepEqual(follower.read(SERVICES), {
      status: 'unavailable',
      reason: 'Service of v1 is forbidden: grant list and watch on it',
    });
  });

  it('does not answer from what nobody has confirmed for too long', async (t) => {
    let lateMs = 0;
    const { follower } = await start(t, {
      wallMs: systemClock.wallMs,
      monotonicMs: () => (systemClock.monotonicMs() + lateMs) as ReturnType<Clock['monotonicMs']>,
    });
    follower.follow([SERVICES]);
    await waitUntil(() => isKnown(follower.read(SERVICES)));

    lateMs = 120_000;

    const found = follower.read(SERVICES);
    assert.ok(found.status === 'unavailable');
    assert.match(found.reason, /^nothing was heard of Service of v1 for 1\d\d s$/u);
  });

  it('goes on while the API server does not say what it serves', async (t) => {
    const { server, follower, problems } = await start(t);
    server.answer('/apis', { status: 503, body: {} });

    follower.follow([SERVICES]);
    await waitUntil(() => problems.length > 0);

    assert.equal(isKnown(follower.read(SERVICES)), false);
    server.answer('/apis', { body: sampleDiscovery([])['/apis'] });
    await waitUntil(() => isKnown(follower.read(SERVICES)));
  });
});
