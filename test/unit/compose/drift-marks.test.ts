/** The marks by which the drift thread tells what is managed, on a fake API server. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { DriftMarks } from '../../../src/compose/drift-marks.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { applicationReference } from '../../../src/kubernetes/object-reference.ts';
import { CONFIG_MAP, configMap } from '../../support/drift-samples.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { connectToFake } from '../../support/fake-client.ts';
import { waitUntil } from '../../support/wait-until.ts';

const SETTINGS = '/api/v1/namespaces/argocd/configmaps';

async function stage(t: TestContext, ownership: object = {}) {
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  const client = await connectToFake(server);
  t.after(() => client.close());
  server.answer(SETTINGS, { body: { metadata: { resourceVersion: '5' }, items: [] } });
  const open = (kubernetes: object = {}) => {
    const configuration = configurationSchema.parse({
      kubernetes: { kubeconfigFile: server.kubeconfigFile, ...kubernetes },
      ownership,
    });
    const marks = new DriftMarks(configuration, { client, clock: systemClock });
    t.after(() => marks.close());
    return marks;
  };
  return { server, open };
}

function settingsOf(version: string, data: Readonly<Record<string, string>>) {
  const metadata = { name: 'argocd-cm', namespace: 'argocd', resourceVersion: version };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}

const TRACKED = configMap();
const LABELED = configMap(undefined, { metadata: { annotations: {}, labels: { app: 'shop' } } });
const BY_LABEL = {
  'application.resourceTrackingMethod': 'label',
  'application.instanceLabelKey': 'app',
};

describe('DriftMarks', () => {
  it('are those of Argo CD’s defaults where there is no argocd-cm', async (t) => {
    const { open } = await stage(t);
    const marks = open();
    await marks.ready();
    assert.deepEqual(marks.find(TRACKED, CONFIG_MAP), { tool: 'argocd', app: 'checkout' });
    assert.deepEqual(
      marks.findApplication(TRACKED, CONFIG_MAP),
      applicationReference('argocd', 'checkout'),
    );
    assert.equal(marks.findApplication(LABELED, CONFIG_MAP), undefined);
    assert.equal(marks.find(LABELED, CONFIG_MAP), undefined);
    assert.equal(marks.instanceLabelKey(), undefined);
  });

  it('are those of argocd-cm, and its changes are told once marks are ready', async (t) => {
    const { server, open } = await stage(t);
    server.answer(SETTINGS, {
      body: { metadata: { resourceVersion: '6' }, items: [settingsOf('6', BY_LABEL)] },
    });
    const marks = open();
    let changes = 0;
    marks.onChange(() => {
      changes += 1;
    });
    await marks.ready();
    assert.deepEqual(marks.find(LABELED, CONFIG_MAP), { tool: 'argocd', app: 'shop' });
    assert.equal(marks.find(TRACKED, CONFIG_MAP), undefined);
    assert.equal(marks.instanceLabelKey(), 'app');
    assert.equal(changes, 0);
    const watch = await server.nextWatch(SETTINGS);
    assert.equal(watch.query.get('fieldSelector'), 'metadata.name=argocd-cm');
    watch.send('MODIFIED', settingsOf('7', {}));
    await waitUntil(() => changes === 1);
    assert.deepEqual(marks.find(TRACKED, CONFIG_MAP), { tool: 'argocd', app: 'checkout' });
    assert.equal(marks.instanceLabelKey(), undefined);
  });

  it('are also selectors, but not for what a controller made of another object', async (t) => {
    const { open } = await stage(t, { selectors: [{ name: 'team', labels: { team: 'blue' } }] });
    const marks = open();
    const metadata = { annotations: {}, labels: { team: 'blue' } };
    const ownerReferences = [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', uid: 'u', controller: true },
    ];
    assert.deepEqual(marks.find(configMap(undefined, { metadata }), CONFIG_MAP), {
      tool: 'selector',
      app: 'team',
    });
    const child = configMap(undefined, { metadata: { ...metadata, ownerReferences } });
    assert.equal(marks.find(child, CONFIG_MAP), undefined);
    const { namespace: _, ...clusterWide } = CONFIG_MAP;
    assert.deepEqual(marks.find(configMap(undefined, { metadata }), clusterWide), {
      tool: 'selector',
      app: 'team',
    });
  });

  it('are ready at once where Argo CD is in another cluster, whose settings are not here', async (t) => {
    const { server, open } = await stage(t);
    const marks = open({
      hub: { kubeconfigFile: server.kubeconfigFile, cluster: { names: ['a'] } },
    });
    await marks.ready();
    await marks.close();
    assert.deepEqual(marks.find(TRACKED, CONFIG_MAP), { tool: 'argocd', app: 'checkout' });
    assert.deepEqual(server.requests, []);
  });

  it('are the defaults after ten seconds where argocd-cm may not be read', async (t) => {
    const { server, open } = await stage(t);
    server.answer(SETTINGS, { status: 403 });
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const marks = open();
    let isReady = false;
    const ready = marks.ready().then(() => {
      isReady = true;
    });
    t.mock.timers.tick(9999);
    await new Promise(setImmediate);
    assert.equal(isReady, false);
    t.mock.timers.tick(1);
    await ready;
    assert.deepEqual(marks.find(TRACKED, CONFIG_MAP), { tool: 'argocd', app: 'checkout' });
    assert.equal(marks.instanceLabelKey(), undefined);
    await marks.close();
  });
});
