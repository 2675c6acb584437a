import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import {
  bindFreezeFacts,
  canFreeze,
  FreezeBinder,
  openWindows,
} from '../../../src/compose/bind-freezes.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import type { Gathered } from '../../../src/admission/facts/fact-sources.ts';
import type { RollbackFact } from '../../../src/source/lineage/decide-rollback.ts';
import { formatFreezesPath } from '../../../src/freeze/followed-freezes.ts';
import { sampleActor, sampleObject, sampleRequest } from '../../support/admission-samples.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { connectToFake } from '../../support/fake-client.ts';
import { sampleFreeze } from '../../support/freeze-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { clockOf } from '../../support/simulated-time.ts';
import { waitUntil } from '../../support/wait-until.ts';

const NOON = Date.UTC(2026, 10, 30, 12);
const PATH = formatFreezesPath('holdfast-system');
const window = { name: 'noon', reason: 'lunch', from: '12:00', to: '13:00' };
/** Connections end by the monotonic clock. */
const clock: Clock = { ...systemClock, wallMs: () => NOON };
const deadlineAtMs = systemClock.monotonicMs();

function configure(freeze: object, cluster = 'prod-eu-1') {
  return configurationSchema.parse({ cluster: { name: cluster }, freeze });
}

function binder() {
  const { metrics, logger, exposed } = recordTelemetry();
  return { binder: new FreezeBinder({ clock, metrics, logger }), exposed };
}

async function startCluster(t: TestContext, freezes: readonly object[]) {
  const server = await startFakeApiServer();
  server.answer(PATH, { body: { metadata: { resourceVersion: '10' }, items: freezes } });
  const client = await connectToFake(server);
  const bound = binder();
  t.after(async () => {
    await bound.binder.close();
    client.close();
    await server.stop();
  });
  return { ...bound, server, client };
}

const managed = sampleObject({ tool: 'argocd', app: 'checkout', appNamespace: 'argocd' });
const written = { actor: sampleActor(), object: managed };
const NOTHING = { freezes: [], isRevert: false };
const VERIFIED: RollbackFact = {
  revision: 'a',
  previousRevision: 'b',
  isRollback: true,
  isVerified: true,
  rollbackCount: 1,
  frozenUntil: '',
};
const BACK = { status: 'known', value: VERIFIED } as const;

describe('canFreeze()', () => {
  it('is so where there is a window, or somebody who may', () => {
    assert.equal(canFreeze(configure({})), false);
    assert.equal(canFreeze(configure({ windows: [window] })), true);
    assert.equal(canFreeze(configure({ operators: ['alice'] })), true);
  });
});

describe('openWindows()', () => {
  it('takes those of this cluster', () => {
    const windows = [window, { ...window, name: 'other', clusters: ['prod-us-1'] }];
    const named = openWindows(configure({ windows })).map(({ name }) => name);
    assert.deepEqual(named, ['noon']);
    assert.equal(openWindows(configure({ windows }, 'prod-us-1')).length, 2);
  });
});

describe('FreezeBinder', () => {
  it('binds nothing where nothing can be frozen', async () => {
    const { binder: one, exposed } = binder();
    assert.equal(await one.bind(configure({}), undefined), undefined);
    assert.deepEqual(await exposed('holdfast_freezes{'), []);
    await one.close();
  });

  it('has the windows without a cluster, and keeps the installations out', async () => {
    const { binder: one } = binder();
    const sources = await one.bind(
      configure({ windows: [window], operators: ['alice'] }),
      undefined,
    );
    assert.deepEqual(sources?.readFreezes(), { status: 'known', freezes: [] });
    assert.deepEqual(sources?.exemptNamespaces, [
      'kube-node-lease',
      'kube-public',
      'kube-system',
      'argocd',
      'flux-system',
      'holdfast-system',
    ]);
    await one.close();
  });

  it('follows the objects where somebody may make them, over reloads, and counts them', async (t) => {
    const {
      binder: one,
      client,
      server,
      exposed,
    } = await startCluster(t, [
      sampleFreeze(),
      sampleFreeze({ breaker: 'error-rate' }, 'freeze-2'),
      sampleFreeze({ ended: true }, 'freeze-3'),
    ]);
    const configuration = configure({ windows: [window], operators: ['alice'] });
    await one.bind(configuration, client);
    const sources = await one.bind(configuration, client);
    await waitUntil(() => sources?.readFreezes().status === 'known');
    await server.nextWatch(PATH);

    assert.equal(server.requests.filter((path) => path.includes('limit=')).length, 1);
    assert.deepEqual(await exposed('holdfast_freezes'), [
      'holdfast_freezes{kind="window"} 1',
      'holdfast_freezes{kind="person"} 1',
      'holdfast_freezes{kind="breaker"} 1',
      'holdfast_freezes_readable 1',
    ]);
    const off = await one.bind(configure({ windows: [window] }), client);
    assert.deepEqual(off?.readFreezes(), { status: 'known', freezes: [] });
  });
});

describe('bindFreezeFacts()', () => {
  const sourcesOf = async () => {
    const sources = await binder().binder.bind(configure({ windows: [window] }), undefined);
    assert.ok(sources);
    return sources;
  };
  const request = sampleRequest({ namespace: 'shop' });

  it('freezes nothing without sources, and nothing that Git does not manage', async () => {
    const none = bindFreezeFacts(undefined, { clock });
    assert.deepEqual(none(request, written, deadlineAtMs), { status: 'known', value: NOTHING });
    const facts = bindFreezeFacts(await sourcesOf(), { clock });
    assert.deepEqual(
      facts(request, { ...written, object: sampleObject({ managed: false }) }, deadlineAtMs),
      {
        status: 'known',
        value: NOTHING,
      },
    );
  });

  it('names the window that covers the object', async () => {
    const facts = bindFreezeFacts(await sourcesOf(), { clock });
    const freezes = [
      { kind: 'window', name: 'noon', reason: 'lunch', by: '', until: '2026-11-30T13:00:00Z' },
    ];
    assert.deepEqual(facts(request, written, deadlineAtMs), {
      status: 'known',
      value: { freezes, isRevert: false },
    });
  });

  it('asks whether the write goes back only where something is frozen', async () => {
    const sources = await sourcesOf();
    const closed = clockOf(() => NOON - 3_600_000);
    const unasked = bindFreezeFacts(sources, {
      clock: closed,
      describeRollback: () => assert.fail(),
    });
    assert.deepEqual(unasked(request, written, deadlineAtMs), { status: 'known', value: NOTHING });
    const asked = bindFreezeFacts(sources, { clock, describeRollback: () => BACK });
    const later = bindFreezeFacts(sources, {
      clock,
      describeRollback: () => Promise.resolve(BACK),
    });
    for (const facts of [asked, later]) {
      const gathered = await facts(request, written, deadlineAtMs);
      assert.equal(gathered.status === 'known' && gathered.value.isRevert, true);
    }
  });

  it('takes nothing for a way back but that to a verified version that the application may have', async () => {
    const sources = await sourcesOf();
    const others: readonly Gathered<RollbackFact | null>[] = [
      { status: 'known', value: null },
      { status: 'unavailable', code: 'lookup_failed', reason: 'nobody answers' },
      { status: 'known', value: { ...VERIFIED, isRollback: false } },
      { status: 'known', value: { ...VERIFIED, isVerified: false } },
      { status: 'known', value: { ...VERIFIED, frozenUntil: '2026-11-30T12:30:00Z' } },
    ];
    for (const found of others) {
      const facts = bindFreezeFacts(sources, { clock, describeRollback: () => found });
      const gathered = await facts(request, written, deadlineAtMs);
      assert.equal(gathered.status === 'known' && gathered.value.isRevert, false);
    }
  });

  it('knows the application that takes an object over', async () => {
    const freeze = { windows: [{ ...window, applications: ['argocd/next'] }] };
    const sources = await binder().binder.bind(configure(freeze), undefined);
    const facts = bindFreezeFacts(sources, { clock });
    const movesTo = { tool: 'argocd', app: 'next', appNamespace: 'argocd', mark: '' } as const;
    const count = (object: typeof managed): number => {
      const gathered = facts(request, { ...written, object }, deadlineAtMs);
      assert.ok(!(gathered instanceof Promise) && gathered.status === 'known');
      return gathered.value.freezes.length;
    };
    assert.deepEqual([count(managed), count({ ...managed, movesTo })], [0, 1]);
  });
});
