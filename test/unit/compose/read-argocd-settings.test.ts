import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { addMs, systemClock } from '../../../src/base/clock.ts';
import { readArgocdSettings } from '../../../src/compose/read-argocd-settings.ts';
import { startFakeApiServer, type FakeAnswer } from '../../support/fake-api-server.ts';
import { connectToFake } from '../../support/fake-client.ts';

const DEFAULTS = { trackingMethod: 'annotation', instanceLabelKey: 'app.kubernetes.io/instance' };

async function read(t: TestContext, answer: FakeAnswer | undefined, namespace = 'argocd') {
  const api = await startFakeApiServer();
  t.after(() => api.stop());
  if (answer !== undefined) api.answer('/api/v1/namespaces/argocd/configmaps/argocd-cm', answer);
  const client = await connectToFake(api);
  t.after(() => client.close());
  return await readArgocdSettings(client, namespace, addMs(systemClock.monotonicMs(), 10_000));
}

test('the settings of argocd-cm are read', async (t) => {
  const data = {
    'application.resourceTrackingMethod': 'label',
    'kustomize.buildOptions': '--enable-helm',
  };
  assert.deepEqual(await read(t, { body: { kind: 'ConfigMap', data } }), {
    status: 'read',
    settings: { ...DEFAULTS, trackingMethod: 'label', kustomizeOptions: '--enable-helm' },
  });
});

test('without an argocd-cm, the defaults of Argo CD count', async (t) => {
  assert.deepEqual(await read(t, undefined), { status: 'read', settings: DEFAULTS });
});

test('settings that may not be read are not guessed', async (t) => {
  const forbidden = await read(t, { status: 403 });
  assert.ok(forbidden.status === 'unavailable');
  assert.match(forbidden.reason, /argocd-cm/u);
  const nameless = await read(t, undefined, '..');
  assert.equal(nameless.status, 'unavailable');
});
