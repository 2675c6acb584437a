import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ArgocdSettings } from '../../../../src/kubernetes/lookup/parse-argocd-settings.ts';
import { createSettingsSink } from '../../../../src/kubernetes/watch/settings-sink.ts';

it('createSettingsSink tells the settings once for each change, and the defaults where there are none', () => {
  const told: string[] = [];
  const sink = createSettingsSink(({ trackingMethod, installationId = '' }: ArgocdSettings) =>
    told.push(`${trackingMethod} ${installationId}`),
  );
  const by = (method: string) => ({ data: { 'application.resourceTrackingMethod': method } });
  sink.beginList();
  sink.endList();
  sink.put(by('label'));
  sink.put(by('label'));
  sink.clear();
  sink.remove({});
  sink.beginList();
  assert.equal(sink.put({ data: { installationID: 'eu' } }), true);
  sink.endList();
  sink.beginList();
  sink.endList();
  assert.deepEqual(told, ['annotation ', 'label ', 'annotation ', 'annotation eu', 'annotation ']);
});
