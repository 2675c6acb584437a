import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseArgocdConfiguration,
  parseNamespaces,
} from '../../../../src/compose/adoption/parse-argocd-configuration.ts';

test('both ConfigMaps say how objects are marked, who is impersonated, and where Applications are', () => {
  assert.deepEqual(
    parseArgocdConfiguration({
      settings: {
        data: {
          'application.resourceTrackingMethod': 'label',
          'application.instanceLabelKey': 'example.com/app',
          'application.sync.impersonation.enabled': 'true',
          installationID: 'one',
        },
      },
      parameters: { data: { 'application.namespaces': 'team-*, apps,' } },
    }),
    {
      marks: {
        trackingMethod: 'label',
        instanceLabelKey: 'example.com/app',
        installationId: 'one',
      },
      isSet: { trackingMethod: true, instanceLabelKey: true },
      impersonation: true,
      applicationNamespaces: ['team-*', 'apps'],
    },
  );
});

test('without them, or with data of another form, the defaults of Argo CD hold', () => {
  for (const settings of [undefined, {}, { data: { 'application.instanceLabelKey': 7 } }]) {
    assert.deepEqual(parseArgocdConfiguration({ settings, parameters: undefined }), {
      marks: { trackingMethod: 'annotation', instanceLabelKey: 'app.kubernetes.io/instance' },
      isSet: { trackingMethod: false, instanceLabelKey: false },
      impersonation: false,
      applicationNamespaces: [],
    });
  }
});

test('a list of namespaces has commas, and may have spaces', () => {
  assert.deepEqual(parseNamespaces(' a ,b,, '), ['a', 'b']);
});
