import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ArgocdSettings } from '../../../../src/kubernetes/lookup/parse-argocd-settings.ts';
import { createSettingsStore } from '../../../../src/kubernetes/watch/settings-store.ts';

it('createSettingsStore tells the settings once for each change, and the defaults where there are none', () => {
  const told: string[] = [];
  const store = createSettingsStore(({ trackingMethod, installationId = '' }: ArgocdSettings) =>
    told.push(`${trackingMethod} ${installationId}`),
  );
  const by = (method: string) => ({ data: { 'application.resourceTrackingMethod': method } });
  store.beginList();
  store.endList();
  store.put(by('label'));
  store.put(by('label'));
  store.clear();
  store.remove({});
  store.beginList();
  assert.equal(store.put({ data: { installationID: 'eu' } }), true);
  store.endList();
  store.beginList();
  store.endList();
  assert.deepEqual(told, ['annotation ', 'label ', 'annotation ', 'annotation eu', 'annotation ']);
});
