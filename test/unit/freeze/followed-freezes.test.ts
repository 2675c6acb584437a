import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { FollowedFreezes, formatFreezesPath } from '../../../src/freeze/followed-freezes.ts';
import { startFakeApiServer, type FakeAnswer } from '../../support/fake-api-server.ts';
import { connectToFake } from '../../support/fake-client.ts';
import { sampleFreeze } from '../../support/freeze-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const PATH = formatFreezesPath('holdfast-system');

function listOf(...items: readonly object[]): FakeAnswer {
  return { body: { metadata: { resourceVersion: '10' }, items } };
}

async function follow(t: TestContext, answer: FakeAnswer | undefined) {
  const server = await startFakeApiServer();
  if (answer !== undefined) server.answer(PATH, answer);
  const client = await connectToFake(server);
  const { logger, entries } = recordTelemetry();
  const freezes = new FollowedFreezes({
    client,
    namespace: 'holdfast-system',
    watch: { silenceMs: 90_000, resyncMs: 3_600_000 },
    clock: systemClock,
    logger,
  });
  // In this order: the server waits for the watches of its clients.
  t.after(async () => {
    await freezes.close();
    client.close();
    await server.stop();
  });
  const names = (): readonly string[] | undefined => {
    const known = freezes.read();
    return known.status === 'known' ? known.freezes.map(({ name }) => name) : undefined;
  };
  return { server, freezes, entries, names };
}

describe('FollowedFreezes', () => {
  it('reads only those of our namespace, and follows them', async (t) => {
    const { server, freezes, names } = await follow(t, listOf(sampleFreeze()));
    assert.deepEqual(freezes.read(), {
      status: 'unavailable',
      reason: 'they have not been listed yet',
    });
    await waitUntil(() => names()?.length === 1);

    const watch = await server.nextWatch(PATH);
    const other = sampleFreeze({}, 'freeze-2');
    watch.send('ADDED', { ...other, metadata: { ...other.metadata, resourceVersion: '11' } });
    await waitUntil(() => names()?.length === 2);
    watch.send('DELETED', { ...other, metadata: { ...other.metadata, resourceVersion: '12' } });
    await waitUntil(() => names()?.length === 1);

    assert.deepEqual(names(), ['freeze-1']);
    assert.ok(server.requests.every((path) => path.startsWith(PATH)));
  });

  it('says once that an object is malformed, and takes the others', async (t) => {
    const { names, entries } = await follow(
      t,
      listOf(sampleFreeze({ applications: ['x'] }, 'bad'), sampleFreeze()),
    );
    await waitUntil(() => names()?.length === 1);
    const told = entries.filter(({ message }) => message.includes('malformed'));
    assert.deepEqual(
      told.map(({ fields }) => fields['name']),
      ['bad'],
    );
  });

  it('takes a kind that is not installed for no freeze', async (t) => {
    const { names } = await follow(t, undefined);
    await waitUntil(() => names() !== undefined);
    assert.deepEqual(names(), []);
  });

  it('says that it may not read them', async (t) => {
    const { freezes, entries } = await follow(t, { status: 403 });
    await waitUntil(() => {
      const known = freezes.read();
      return known.status === 'unavailable' && known.reason.includes('grant list and watch');
    });
    assert.equal(entries.filter(({ level }) => level === 'warn').length, 1);
  });
});
