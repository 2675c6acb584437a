import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  ConstraintFollower,
  type FollowedDocuments,
} from '../../../../../src/authoring/gatekeeper/cluster/constraint-follower.ts';
import { systemClock } from '../../../../../src/base/clock.ts';
import { ObjectFollower } from '../../../../../src/kubernetes/watch/object-follower.ts';
import { startFakeApiServer, type FakeApiServer } from '../../../../support/fake-api-server.ts';
import { connectToFake } from '../../../../support/fake-client.ts';
import {
  answerGatekeeper,
  answerList,
  GATEKEEPER_PATHS,
  sampleTemplate,
} from '../../../../support/gatekeeper/cluster-samples.ts';
import { sampleDiscovery } from '../../../../support/discovery-samples.ts';
import { waitUntil } from '../../../../support/wait-until.ts';

async function start(
  t: TestContext,
  prepare: (server: FakeApiServer) => void = () => undefined,
): Promise<{ readonly server: FakeApiServer; readonly follower: ConstraintFollower }> {
  const server = await startFakeApiServer();
  answerGatekeeper(server);
  prepare(server);
  const client = await connectToFake(server);
  const objects = new ObjectFollower({
    client,
    clock: systemClock,
    random: () => 0,
    limits: {
      resources: [],
      resourcesMax: 10,
      entriesMax: 1000,
      silenceMs: 90_000,
      resyncMs: 3_600_000,
    },
    onProblem: () => undefined,
    scaleWait: () => 5,
  });
  t.after(async () => {
    await objects.close();
    client.close();
    await server.stop();
  });
  return { server, follower: new ConstraintFollower(objects) };
}

function files(found: FollowedDocuments): readonly string[] | undefined {
  return found.status === 'known' ? found.documents.map(({ file }) => file) : undefined;
}

describe('ConstraintFollower', () => {
  it('finds templates, the constraints of the kinds that they declare, and settings', async (t) => {
    const { follower } = await start(t, (server) => {
      answerList(server, 'configs', [{ metadata: { namespace: 'a', name: 'config' } }]);
    });

    await waitUntil(() => files(follower.read()) !== undefined);

    const found = follower.read();
    assert.deepEqual(files(found), [
      'Config/a/config',
      'ConstraintTemplate/mustbeowned',
      'MustBeOwned/owned',
    ]);
    assert.ok(found.status === 'known');
    const [, template, constraint] = found.documents;
    assert.deepEqual(template?.value, sampleTemplate());
    assert.deepEqual(constraint?.object.metadata?.name, 'owned');
    assert.ok(follower.changes >= 3);
  });

  it('says why it knows nothing where a kind cannot be listed', async (t) => {
    const { follower } = await start(t, (server) => {
      server.answer(GATEKEEPER_PATHS.constraints, { status: 403, body: {} });
    });

    const isForbidden = () => {
      const found = follower.read();
      return found.status === 'unavailable' && /MustBeOwned.*forbidden/u.test(found.reason);
    };
    await waitUntil(isForbidden);
  });

  it('knows nothing where the API server has no templates', async (t) => {
    const { follower } = await start(t, (server) => {
      const served = sampleDiscovery([{ resource: 'services', kind: 'Service' }]);
      server.answer('/apis', { body: served['/apis'] });
    });

    const isAbsent = () => {
      const found = follower.read();
      return found.status === 'unavailable' && /serve ConstraintTemplate/u.test(found.reason);
    };
    await waitUntil(isAbsent);
  });

  it('still finds the constraints of a template that does not say its kind any more', async (t) => {
    const { server, follower } = await start(t);
    await waitUntil(() => files(follower.read()) !== undefined);
    const watch = await server.nextWatch(GATEKEEPER_PATHS.templates);

    watch.send('MODIFIED', {
      metadata: { name: 'mustbeowned', resourceVersion: '9' },
      spec: 1,
    });

    await waitUntil(() => {
      const found = follower.read();
      return found.status === 'known' && found.documents.some(({ object }) => object['spec'] === 1);
    });
    assert.deepEqual(files(follower.read()), [
      'ConstraintTemplate/mustbeowned',
      'MustBeOwned/owned',
    ]);
  });

  it('follows no more kinds than it can', async (t) => {
    const { follower } = await start(t, (server) => {
      const templates = Array.from({ length: 501 }, (_, index) =>
        sampleTemplate({ kind: `Kind${index}` }),
      );
      answerList(server, 'templates', templates);
    });

    const isTooMany = () => {
      const found = follower.read();
      return found.status === 'unavailable' && /more than 500 kinds/u.test(found.reason);
    };
    await waitUntil(isTooMany);
  });
});
