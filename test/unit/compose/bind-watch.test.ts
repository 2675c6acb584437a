import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { addMs, systemClock } from '../../../src/base/clock.ts';
import type { ClusterLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { bindLiveLookup } from '../../../src/compose/bind-lookup.ts';
import type { OwnershipSettings } from '../../../src/ownership/settings.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import type { FakeApiServer } from '../../support/fake-api-server.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import type { RecordingTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const PODS = '/api/v1/pods';
const POD = '/api/v1/namespaces/shop/pods/web';
const pod = {
  group: '',
  version: 'v1',
  resource: 'pods',
  kind: '',
  namespace: 'shop',
  name: 'web',
};
const list = (...items: readonly object[]) => ({
  body: { metadata: { resourceVersion: '10' }, items },
});
const served = { resource: 'pods', responseKind: { kind: 'Pod' }, scope: 'Namespaced' };
const metadata = {
  name: 'web',
  namespace: 'shop',
  resourceVersion: '5',
  labels: { 'app.kubernetes.io/instance': 'shop', 'example.com/app': 'shop' },
};

describe('bindWatchedLookup()', () => {
  let server: FakeApiServer;
  let lookup: ClusterLookup;
  let telemetry: RecordingTelemetry;
  let tests = 0;
  let settings = '';
  let ownership: OwnershipSettings;
  before(async () => {
    server = await startFakeApiServer();
    const versions = [{ version: 'v1', resources: [{ ...served, verbs: ['list', 'watch'] }] }];
    server.answer('/api', { body: { items: [{ versions }] } });
    server.answer('/apis', { body: { items: [] } });
    server.answer(POD, { body: { kind: 'Pod', metadata: { name: 'live' } } });
  });
  after(async () => {
    await server.stop();
  });
  beforeEach(() => {
    telemetry = recordTelemetry();
    tests += 1;
    settings = `/api/v1/namespaces/argocd-${String(tests)}/configmaps`;
    server.answer(settings, list());
    server.answer(PODS, list({ metadata }));
  });
  afterEach(() => {
    lookup.close();
  });

  async function start(kubernetes = '', argocd = '', expectsApplications = false): Promise<void> {
    const file = server.kubeconfigFile;
    const text = `
kubernetes: { kubeconfigFile: ${JSON.stringify(file)}, lookupCacheMs: 0, watch: { resources: [pods]${kubernetes} } }
ownership: { argocd: { namespace: argocd-${String(tests)}${argocd} } }`;
    const parsed = parseConfiguration(text, { file: 'holdfast.yaml', folder: '/' });
    assert.ok(parsed.ok, JSON.stringify(parsed));
    const { configuration } = parsed;
    ({ ownership } = configuration);
    const parts = {
      ownership: () => ownership,
      clock: systemClock,
      ...telemetry,
      expectsApplications,
    };
    lookup = await bindLiveLookup(configuration, parts);
  }
  const nameOf = async () => {
    const found = await lookup.lookupMetadata(pod, addMs(systemClock.monotonicMs(), 5000));
    return found.status === 'found' ? found.object.metadata?.name : found.status;
  };
  const isSynced = async () =>
    (await telemetry.exposed('holdfast_watch_synced')).includes(
      'holdfast_watch_synced{resource="pods"} 1',
    );

  it('says that a writer of Argo CD has no Applications anywhere', async () => {
    await start('', '', true);
    await waitUntil(isSynced);
    assert.match(lookup.problem() ?? '', /this cluster serves no Applications.*kubernetes\.hub/u);
    await nameOf();
    await nameOf();
    const warnings = telemetry.entries.filter(({ message }) => message.includes('incomplete'));
    assert.equal(warnings.length, 1);
  });

  it('expects no Applications where no writer of Argo CD is configured', async () => {
    await start();
    await waitUntil(isSynced);
    assert.equal(lookup.problem(), undefined);
  });

  it('answers from what it follows, and publishes how that stands', async () => {
    await start('', ', trackingMethod: label');
    await waitUntil(isSynced);
    assert.equal(await nameOf(), 'web');
    assert.ok(
      (await telemetry.exposed('holdfast_watch_objects')).includes(
        'holdfast_watch_objects{resource="pods"} 1',
      ),
    );
    const cached = 'holdfast_lookups_total{outcome="cached"} 1';
    assert.ok((await telemetry.exposed('holdfast_lookups_total')).includes(cached));
    assert.equal((await telemetry.exposed('holdfast_watch_age_seconds')).length, 1);
    assert.ok(
      (await telemetry.exposed('holdfast_watch_restarts_total')).some((line) =>
        line.includes('reason="listed"'),
      ),
    );
  });

  it('takes over how Argo CD marks, keeping what is now a mark; the configuration comes first', async () => {
    await start();
    await waitUntil(isSynced);
    assert.equal(await nameOf(), 'live');
    const watch = await server.nextWatch(settings);
    const data = {
      'application.resourceTrackingMethod': 'label',
      'application.instanceLabelKey': 'example.com/app',
    };
    watch.send('ADDED', { metadata: { name: 'argocd-cm', resourceVersion: '12' }, data });
    await waitUntil(async () => (await nameOf()) === 'web');
    assert.deepEqual(lookup.argocdSettings(), {
      trackingMethod: 'label',
      instanceLabelKey: 'example.com/app',
    });
    assert.deepEqual(
      telemetry.entries.map(({ level, message }) => `${level} ${message}`),
      [
        'info Marks of Argo CD are read by these settings',
        'info Marks of Argo CD are read by these settings',
      ],
    );
  });

  it('keeps what a reloaded configuration looks for', async () => {
    await start();
    await waitUntil(isSynced);
    assert.equal(await nameOf(), 'live');
    const selectors = [{ name: 'ours', labels: { 'example.com/app': 'shop' } }];
    ownership = { ...ownership, selectors };
    await waitUntil(async () => (await nameOf()) === 'web');
  });

  it('says once what it may not follow, and again when that is so again', async () => {
    server.answer(PODS, { status: 403, text: 'no' });
    await start();
    const message =
      'A resource may not be followed and is looked up live: grant list and watch on it';
    await waitUntil(() => telemetry.entries.some((entry) => entry.message === message));
    assert.deepEqual(
      telemetry.entries.find((entry) => entry.message === message),
      {
        level: 'warn',
        message,
        fields: { resource: 'pods', reason: `The API server answered 403 to GET ${PODS}: no` },
      },
    );
    assert.equal(await nameOf(), 'live');
  });

  it('says what it leaves out and what it cannot learn', async () => {
    server.answer('/api', { status: 503, text: 'down' });
    await start();
    const message =
      'The API server does not say what it serves: every look-up is live until it does';
    await waitUntil(() => telemetry.entries.some((entry) => entry.message === message));
    assert.equal(await nameOf(), 'live');
  });

  it('follows nothing where nothing is to be followed', async () => {
    const configured = 'kubernetes: { watch: { resources: [] } }';
    const parsed = parseConfiguration(configured, { file: 'holdfast.yaml', folder: '/' });
    assert.ok(parsed.ok);
    const { configuration } = parsed;
    const kubernetes = { ...configuration.kubernetes, kubeconfigFile: server.kubeconfigFile };
    const asked = server.requests.length;
    lookup = await bindLiveLookup(
      { kubernetes },
      { ownership: () => configuration.ownership, clock: systemClock, ...telemetry },
    );
    assert.equal(await nameOf(), 'live');
    assert.deepEqual(server.requests.slice(asked), [POD]);
  });
});
