import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseArgocdSettings } from '../../../../src/kubernetes/lookup/parse-argocd-settings.ts';

const DEFAULTS = {
  trackingMethod: 'annotation',
  instanceLabelKey: 'app.kubernetes.io/instance',
};

describe('parseArgocdSettings', () => {
  it('reads how an installation marks what it owns', () => {
    const data = {
      'application.resourceTrackingMethod': 'annotation+label',
      'application.instanceLabelKey': 'example.com/app',
      installationID: 'eu',
      'kustomize.buildOptions': ' --enable-helm ',
      'accounts.alice': 'login',
    };
    assert.deepEqual(parseArgocdSettings({ data }), {
      trackingMethod: 'annotation+label',
      instanceLabelKey: 'example.com/app',
      installationId: 'eu',
      kustomizeOptions: '--enable-helm',
    });
  });

  it('falls back to the defaults of Argo CD', () => {
    const odd = {
      'application.resourceTrackingMethod': 'constructor-like',
      'application.instanceLabelKey': 'x'.repeat(318),
      installationID: '',
    };
    for (const configMap of [undefined, {}, { data: null }, { data: { a: 7 } }, { data: odd }]) {
      assert.deepEqual(parseArgocdSettings(configMap), DEFAULTS);
    }
  });

  it('does not find a method on the prototype', () => {
    const data = { 'application.resourceTrackingMethod': 'constructor' };
    assert.deepEqual(parseArgocdSettings({ data }), DEFAULTS);
  });
});
