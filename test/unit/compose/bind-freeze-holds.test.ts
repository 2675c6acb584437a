import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import { bindFreezeHolds } from '../../../src/compose/bind-freeze-holds.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { formatFreezesPath } from '../../../src/freeze/followed-freezes.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { connectToFake } from '../../support/fake-client.ts';
import { CREATED, sampleFreeze } from '../../support/freeze-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const PATH = formatFreezesPath('holdfast-system');
const clock: Clock = { ...systemClock, wallMs: () => Date.parse(CREATED) + 60_000 };
const deadlineAtMs = systemClock.monotonicMs();
const object = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
};
const application = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  resource: 'applications',
  kind: 'Application',
  namespace: 'argocd',
  name: 'checkout',
};
const drifted = { object, application };
const FREE = { status: 'free' } as const;
const window = { name: 'always', reason: 'the quarter ends', from: '00:00', to: '00:00' };

async function bind(context: TestContext, freeze: object, freezes?: readonly object[]) {
  const server = await startFakeApiServer();
  if (freezes !== undefined) {
    server.answer(PATH, { body: { metadata: { resourceVersion: '10' }, items: freezes } });
  }
  const client = await connectToFake(server);
  const { logger } = recordTelemetry();
  const configuration = configurationSchema.parse({ freeze });
  const holds = bindFreezeHolds(configuration, { client, clock, logger });
  context.after(async () => {
    await holds?.close();
    client.close();
    await server.stop();
  });
  return holds;
}

describe('bindFreezeHolds()', () => {
  it('holds nothing where nothing can be frozen', async (context) => {
    assert.equal(await bind(context, {}), undefined);
  });

  it('holds what a window covers, by the object and by its application', async (context) => {
    const windows = [{ ...window, applications: ['argocd/check*'], namespaces: ['shop'] }];
    const holds = await bind(context, { windows });
    const held = await holds?.findHold(drifted, deadlineAtMs);
    assert.equal(held?.status, 'held');
    for (const other of [
      { ...drifted, object: { ...object, namespace: 'bank' } },
      { ...drifted, application: { ...application, name: 'search' } },
      {
        object: { ...object, namespace: undefined },
        application: { ...application, namespace: undefined },
      },
    ]) {
      assert.deepEqual(await holds?.findHold(other, deadlineAtMs), FREE);
    }
  });

  it('never holds what is never frozen', async (context) => {
    const holds = await bind(context, { windows: [window], exemptNamespaces: ['shop'] });
    assert.deepEqual(await holds?.findHold(drifted, deadlineAtMs), FREE);
  });

  it('holds what a person has frozen, and says until when and why', async (context) => {
    const holds = await bind(context, { operators: ['alice'] }, [sampleFreeze()]);
    const hold = () => holds?.findHold(drifted, deadlineAtMs);
    await waitUntil(async () => {
      const held = await hold();
      return held?.status === 'held' && held.reason.startsWith('it is frozen until ');
    });
    const held = await hold();
    assert.match(
      held?.status === 'held' ? held.reason : '',
      /^it is frozen until \S+Z: the checkout is being repaired$/u,
    );
  });

  it('holds what it cannot find out', async (context) => {
    const holds = await bind(context, { operators: ['alice'] });
    assert.deepEqual(await holds?.findHold(drifted, deadlineAtMs), {
      status: 'held',
      reason: 'whether it is frozen cannot be read: they have not been listed yet',
    });
  });
});
