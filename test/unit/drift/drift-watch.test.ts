/** All of it on a fake API server: from a watch to a finding, across a restart, a gap and a change of marks. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { systemWait } from '../../../src/base/wait.ts';
import type { DriftFinding } from '../../../src/drift/drift-finding.ts';
import { DriftState } from '../../../src/drift/drift-state.ts';
import { DriftWatch, type DriftWatchOptions } from '../../../src/drift/drift-watch.ts';
import { driftSchema } from '../../../src/drift/settings.ts';
import { electAlone } from '../../../src/kubernetes/leader-election/leader-election.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { HIDE_SECRETS } from '../../../src/ownership/change.ts';
import { createMarkFinder } from '../../../src/ownership/find-mark.ts';
import { sampleDiscovery } from '../../support/discovery-samples.ts';
import { ARGOCD_ENTRY, configMap, entryOf, TRACKING_ID } from '../../support/drift-samples.ts';
import { OWN_ADMISSION, webhookConfiguration } from '../../support/drift-admission-samples.ts';
import { startFakeApiServer, type FakeApiServer } from '../../support/fake-api-server.ts';
import { connectToFake } from '../../support/fake-client.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const LIST = '/api/v1/configmaps';
const OBJECT = '/api/v1/namespaces/shop/configmaps/checkout';
const edited = entryOf('kubectl-edit', ['greeting'], { time: '2026-01-05T09:00:00Z' });
const marked = {
  ...ARGOCD_ENTRY,
  fieldsV1: { 'f:metadata': ARGOCD_ENTRY.fieldsV1?.['f:metadata'] },
};

function hacked(version: string): KubernetesObject {
  return configMap({ greeting: 'hacked' }, { version, entries: [marked, edited] });
}

interface Stage {
  readonly server: FakeApiServer;
  readonly journal: MemoryJournal;
  readonly told: DriftFinding[];
  readonly telemetry: ReturnType<typeof recordTelemetry>;
  readonly changeMarks: () => void;
  readonly start: (options?: Partial<DriftWatchOptions>) => Promise<DriftWatch>;
  /** What the API server has. */
  readonly serve: (version: string, ...objects: readonly KubernetesObject[]) => void;
}

async function stage(t: TestContext): Promise<Stage> {
  const server = await startFakeApiServer();
  const served = sampleDiscovery([{ resource: 'configmaps', kind: 'ConfigMap' }]);
  server.answer('/api', { body: served['/api'] });
  server.answer('/apis', { body: served['/apis'] });
  const client = await connectToFake(server);
  const journal = new MemoryJournal();
  const told: DriftFinding[] = [];
  const telemetry = recordTelemetry();
  const findMark = createMarkFinder({
    argocd: { namespace: 'argocd', trackingMethod: 'annotation' },
  });
  const listeners: (() => void)[] = [];
  const running: DriftWatch[] = [];
  t.after(async () => {
    await Promise.all(running.map((watch) => watch.close()));
    client.close();
    await server.stop();
  });
  return {
    server,
    journal,
    told,
    telemetry,
    changeMarks: () => {
      for (const listener of listeners) listener();
    },
    serve: (version, ...objects) => {
      server.answer(LIST, { body: { metadata: { resourceVersion: version }, items: objects } });
      const [object] = objects;
      server.answer(OBJECT, object === undefined ? { status: 404 } : { body: object });
    },
    start: async (options = {}) => {
      const watch = await DriftWatch.start({
        settings: driftSchema.parse({
          resources: ['configmaps', 'widgets.example.com'],
          settleMs: 0,
        }),
        limits: { changedTextCharsMax: 120, changedValuesMax: 100_000, fieldNodesMax: 100_000 },
        fieldManagers: [],
        watch: { silenceMs: 90_000, resyncMs: 3_600_000 },
        client,
        journal,
        state: new DriftState(journal.state),
        election: electAlone(),
        hider: HIDE_SECRETS,
        marks: {
          find: (object, { group, kind, namespace = '', name }) => {
            const mark = findMark(object, { group, kind, namespace, name });
            return mark?.self === true ? { tool: mark.tool, app: mark.app } : undefined;
          },
          instanceLabelKey: () => undefined,
          ready: () => Promise.resolve(),
          onChange: (listener) => void listeners.push(listener),
        },
        own: OWN_ADMISSION,
        argocdNamespace: 'argocd',
        record: (finding) => {
          told.push(finding);
          return Promise.resolve(`D${told.length}`);
        },
        clock: systemClock,
        random: () => 0,
        wait: (delayMs, signal) => systemWait(Math.min(delayMs, 5), signal),
        ...telemetry,
        scaleWait: () => 5,
        ...options,
      });
      running.push(watch);
      return watch;
    },
  };
}

async function known({ telemetry }: Stage, count: number): Promise<void> {
  await waitUntil(
    async () =>
      (await telemetry.exposed('holdfast_drift_objects '))[0] === `holdfast_drift_objects ${count}`,
  );
}

/** The stored version has been judged. */
async function judged({ journal }: Stage, version: string): Promise<void> {
  await waitUntil(() => journal.stateOf('drift-watermarks', 'configmaps') === version);
}

describe('DriftWatch', () => {
  it('finds a change by a watch of metadata, and resolves it', async (t) => {
    const on = await stage(t);
    on.serve('10', configMap());
    const watch = await on.start();
    await known(on, 1);
    const events = await on.server.nextWatch(LIST);
    assert.match(events.accept, /as=PartialObjectMetadata;/u);
    on.serve('11', hacked('11'));
    events.send('MODIFIED', hacked('11'));
    await waitUntil(() => on.told.length === 1);
    assert.deepEqual([on.told[0]?.what, watch.problem()], ['changed', undefined]);
    on.serve('12', configMap(undefined, { version: '12' }));
    events.send('MODIFIED', configMap(undefined, { version: '12' }));
    await waitUntil(() => on.told.length === 2);
    assert.equal(on.told[1]?.what, 'reverted');
    assert.deepEqual(await on.telemetry.exposed('holdfast_drift_leader'), [
      'holdfast_drift_leader 1',
    ]);
  });

  it('goes on from where an earlier process has stopped, without a list', async (t) => {
    const on = await stage(t);
    on.serve('10', configMap());
    const first = await on.start();
    await known(on, 1);
    await judged(on, '10');
    // Taken up, so that the next one is that of the next process.
    await on.server.nextWatch(LIST);
    await first.close();
    const lists = on.server.requests.filter((path) => path.startsWith(`${LIST}?limit`)).length;
    on.serve('11', hacked('11'));
    await on.start();
    const events = await on.server.nextWatch(LIST);
    assert.equal(events.query.get('resourceVersion'), '10');
    events.send('MODIFIED', hacked('11'));
    await waitUntil(() => on.told.length === 1);
    assert.equal(
      on.server.requests.filter((path) => path.startsWith(`${LIST}?limit`)).length,
      lists,
    );
  });

  it('compares everything after a gap: what was changed, and what is gone', async (t) => {
    const on = await stage(t);
    const other = configMap(undefined, {
      metadata: {
        name: 'other',
        annotations: { [TRACKING_ID]: 'checkout:/ConfigMap:shop/other' },
      },
    });
    on.serve('10', configMap(), other);
    on.server.answer('/api/v1/namespaces/shop/configmaps/other', { body: other });
    const first = await on.start();
    await known(on, 2);
    await judged(on, '10');
    // Taken up, so that the next one is that of the next process.
    await on.server.nextWatch(LIST);
    await first.close();
    on.serve('900', hacked('800'));
    await on.start();
    const events = await on.server.nextWatch(LIST);
    events.refuse(410);
    await waitUntil(() => on.told.length === 2);
    assert.deepEqual(on.told.map(({ what, object }) => `${what} ${object.name}`).toSorted(), [
      'changed checkout',
      'deleted other',
    ]);
  });

  it('lists again where marks are read in another way', async (t) => {
    const on = await stage(t);
    on.serve('10', configMap());
    await on.start();
    await known(on, 1);
    await on.server.nextWatch(LIST);
    on.serve('20', hacked('15'));
    on.changeMarks();
    await waitUntil(() => on.told.length === 1);
  });

  it('says what it cannot follow', async (t) => {
    const on = await stage(t);
    on.server.answer(LIST, { status: 403 });
    const watch = await on.start();
    await waitUntil(() => watch.problem() !== undefined);
    assert.equal(
      watch.problem(),
      'drift of configmaps is not seen: grant get, list and watch on it',
    );
    on.server.answer('/api', { status: 500 });
    await waitUntil(() => watch.problem()?.startsWith('the API server does not say') === true);
    on.serve('10');
    const served = sampleDiscovery([{ resource: 'configmaps', kind: 'ConfigMap' }]);
    on.server.answer('/api', { body: served['/api'] });
    await waitUntil(() => watch.problem() === undefined);
  });

  it('says that what it knows cannot be kept, and goes on', async (t) => {
    const on = await stage(t);
    on.serve('10', configMap());
    on.journal.readFault = new Error('a disk fault');
    on.journal.append(1);
    const watch = await on.start();
    await waitUntil(
      () => watch.problem() === 'what is known of managed objects cannot be kept: a disk fault',
    );
    on.journal.readFault = undefined;
    await known(on, 1);
    await waitUntil(() => watch.problem() === undefined);
  });

  it('leaves recording to the leader, tells others what it has allowed, and hears them', async (t) => {
    const on = await stage(t);
    on.serve('10', configMap());
    const statuses: string[] = [];
    const role = { leads: false };
    const allowedThere = {
      object: '/configmaps/shop/checkout',
      atMs: systemClock.wallMs(),
      isDeletion: false,
      isCreation: false,
      paths: ['data.greeting'],
    };
    await on.start({
      election: {
        renew: (status) => {
          statuses.push(status);
          const text = JSON.stringify(role.leads ? [allowedThere] : []);
          const others = [{ replica: 'holdfast-1', heartbeat: '1', text }];
          return Promise.resolve({ leads: role.leads, others });
        },
        holds: () => role.leads,
        release: () => Promise.resolve(),
      },
    });
    await known(on, 1);
    const events = await on.server.nextWatch(LIST);
    on.serve('11', hacked('11'));
    events.send('MODIFIED', hacked('11'));
    await waitUntil(
      async () =>
        (await on.telemetry.exposed('holdfast_drift_open '))[0] === 'holdfast_drift_open 1',
    );
    assert.deepEqual(on.told, []);
    role.leads = true;
    await waitUntil(() => on.told.length === 1);
    on.journal.append(1, {
      time: new Date(systemClock.wallMs()).toISOString(),
      allowed: true,
      operation: 'DELETE',
    });
    await waitUntil(() => statuses.some((status) => status.includes('"isDeletion":true')));
    // What another replica has allowed is none.
    on.serve('12', hacked('12'));
    events.send(
      'MODIFIED',
      configMap({ greeting: 'hacked' }, { version: '12', entries: [marked, edited] }),
    );
    await waitUntil(() => on.told.at(-1)?.what === 'reverted');
  });

  it('begins anew where what it knew is damaged', async (t) => {
    const on = await stage(t);
    await on.journal.state.write('drift-objects', { x: '{' });
    on.serve('10', configMap());
    await on.start();
    await known(on, 1);
    assert.deepEqual(
      on.telemetry.entries.map(({ message }) => message),
      ['Parts of what is known of managed objects cannot be read'],
    );
  });

  it('follows what steers admission beside the configured resources, and tells what is new in it', async (t) => {
    const on = await stage(t);
    on.serve('10', configMap());
    const resource = 'mutatingwebhookconfigurations';
    const group = 'admissionregistration.k8s.io';
    const kind = 'MutatingWebhookConfiguration';
    const path = `/apis/${group}/v1/${resource}`;
    const served = sampleDiscovery([{ group, resource, kind, namespaced: false }]);
    on.server.answer('/apis', { body: served['/apis'] });
    const serve = (version: string, ...names: readonly string[]): readonly KubernetesObject[] => {
      const items = names.map((name) => {
        const { metadata, ...rest } = webhookConfiguration();
        return { ...rest, metadata: { ...metadata, name } };
      });
      on.server.answer(path, { body: { metadata: { resourceVersion: version }, items } });
      for (const item of items) on.server.answer(`${path}/${item.metadata.name}`, { body: item });
      return items;
    };
    serve('10', 'there');
    const first = await on.start();
    await known(on, 2);
    const events = await on.server.nextWatch(path);
    const [, added] = serve('11', 'there', 'new');
    events.send('ADDED', added ?? {});
    await waitUntil(() => on.told.length === 1);
    await waitUntil(() => on.journal.stateOf('drift-watermarks', `${resource}.${group}`) === '10');
    await first.close();
    // While nobody watches, and with a gap: what is not known is new.
    serve('900', 'there', 'new', 'away');
    await on.start();
    (await on.server.nextWatch(path)).refuse(410);
    await waitUntil(() => on.told.length === 2);
    assert.deepEqual(
      on.told.map(({ what, object }) => `${what} ${object.name}`),
      ['added new', 'added away'],
    );
  });
});
