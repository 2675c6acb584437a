/** A spoke as it is bound: what is marked, who manages it, and what is told, by what the hub says. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { addMs, systemClock } from '../../../src/base/clock.ts';
import { bindHub } from '../../../src/compose/bind-hub.ts';
import { bindLiveLookup } from '../../../src/compose/bind-lookup.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import type { HubApplications } from '../../../src/kubernetes/hub/hub-applications.ts';
import type { ClusterLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { applicationReference } from '../../../src/kubernetes/object-reference.ts';
import { startFakeApiServer, type FakeApiServer } from '../../support/fake-api-server.ts';
import { recordTelemetry, type RecordingTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const APPLICATIONS = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
const SPOKE_APPLICATION = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/forged';
const CONFIG_MAPS = '/api/v1/namespaces/argocd/configmaps';
const POD = {
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
const application = (name: string) => ({
  kind: 'Application',
  metadata: { name, namespace: 'argocd', uid: name, resourceVersion: '5' },
  spec: { destination: { name: 'spoke' } },
  status: { resources: [{ kind: 'Pod', namespace: 'shop', name: 'web' }] },
});

describe('bindHub()', () => {
  let spoke: FakeApiServer;
  let hub: FakeApiServer;
  let applications: HubApplications;
  let lookup: ClusterLookup;
  let telemetry: RecordingTelemetry;
  before(async () => {
    [spoke, hub] = await Promise.all([startFakeApiServer(), startFakeApiServer()]);
    const served = { resource: 'pods', responseKind: { kind: 'Pod' }, scope: 'Namespaced' };
    const versions = [{ version: 'v1', resources: [{ ...served, verbs: ['list', 'watch'] }] }];
    spoke.answer('/api', { body: { items: [{ versions }] } });
    spoke.answer('/apis', { body: { items: [] } });
    const labels = { 'example.com/app': 'shop' };
    const metadata = { name: 'web', namespace: 'shop', resourceVersion: '5', labels };
    spoke.answer('/api/v1/pods', list({ metadata }));
    // Somebody made it here.
    spoke.answer(SPOKE_APPLICATION, { body: application('forged') });
  });
  after(async () => {
    await Promise.all([spoke.stop(), hub.stop()]);
  });
  beforeEach(() => {
    telemetry = recordTelemetry();
    hub.answer(APPLICATIONS, list(application('shop')));
    hub.answer(`${APPLICATIONS}/shop`, { body: application('shop') });
    const data = {
      'application.resourceTrackingMethod': 'label',
      'application.instanceLabelKey': 'example.com/app',
    };
    hub.answer(CONFIG_MAPS, list({ metadata: { name: 'argocd-cm' }, data }));
  });
  afterEach(() => {
    lookup.close();
  });

  async function start(): Promise<void> {
    const text = `
kubernetes:
  kubeconfigFile: ${JSON.stringify(spoke.kubeconfigFile)}
  watch: { resources: [pods] }
  hub: { kubeconfigFile: ${JSON.stringify(hub.kubeconfigFile)}, cluster: { names: [spoke] } }`;
    const parsed = parseConfiguration(text, { file: 'holdfast.yaml', folder: '/' });
    assert.ok(parsed.ok, JSON.stringify(parsed));
    const { kubernetes, ownership } = parsed.configuration;
    assert.ok(kubernetes.hub !== undefined);
    const tools = { clock: systemClock, ...telemetry };
    applications = await bindHub(kubernetes, kubernetes.hub, {
      argocdNamespace: 'argocd',
      ...tools,
    });
    const parts = { ownership: () => ownership, applications, ...tools };
    lookup = await bindLiveLookup(parsed.configuration, parts);
    await waitUntil(() => applications.state().isSynced);
  }
  const deadlineAtMs = () => addMs(systemClock.monotonicMs(), 20_000);

  it('reads Applications from the hub, and none that somebody made here', async () => {
    await start();
    const shop = applicationReference('argocd', 'shop');
    const forged = applicationReference('argocd', 'forged');
    assert.equal((await lookup.lookupFresh(shop, deadlineAtMs())).status, 'found');
    assert.deepEqual(await lookup.lookupFresh(forged, deadlineAtMs()), { status: 'absent' });
    assert.deepEqual(await telemetry.exposed('holdfast_hub_lookups_total'), [
      'holdfast_hub_lookups_total{outcome="here"} 1',
      'holdfast_hub_lookups_total{outcome="absent"} 1',
    ]);
  });

  it('tells marks by the settings of the hub', async () => {
    await start();
    await waitUntil(async () => {
      const found = await lookup.findManagedInNamespace('shop', deadlineAtMs());
      return found.status === 'found' && found.objects[0]?.app === 'shop';
    });
    assert.equal(lookup.argocdSettings()?.instanceLabelKey, 'example.com/app');
    assert.ok(spoke.requests.every((request) => !request.startsWith(CONFIG_MAPS)));
  });

  it('says in metrics and log how the hub is', async () => {
    await start();
    const claims = await lookup.findClaims({ ...POD, kind: 'Pod' }, deadlineAtMs());
    assert.equal(claims.status === 'found' && claims.claims.length, 1);
    assert.deepEqual(await telemetry.exposed('holdfast_hub_synced'), ['holdfast_hub_synced 1']);
    assert.deepEqual(await telemetry.exposed('holdfast_hub_applications'), [
      'holdfast_hub_applications 1',
    ]);
    assert.deepEqual(await telemetry.exposed('holdfast_hub_entries'), ['holdfast_hub_entries 3']);
    assert.deepEqual(
      telemetry.entries.find(({ message }) => message.includes('read from the hub')),
      {
        level: 'info',
        message: 'Applications are read from the hub of Argo CD',
        fields: { server: hub.url },
      },
    );
  });

  it('warns once of a permission that is missing', async () => {
    hub.answer(CONFIG_MAPS, { status: 403 });
    await start();
    const warnings = () =>
      telemetry.entries
        .filter(({ fields }) => fields['what'] === 'argocd-cm')
        .map((e) => e.message);
    await waitUntil(() => warnings().some((message) => message.includes('grant get')));
    assert.deepEqual(warnings().toSorted(), [
      'The account may not follow this on the hub: grant get, list and watch on it',
      'The hub cannot be followed now; it is tried again',
    ]);
  });
});
