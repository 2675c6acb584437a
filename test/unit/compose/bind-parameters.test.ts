import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bindParameters } from '../../../src/compose/bind-parameters.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import type { Configuration } from '../../../src/config/schema.ts';
import { sampleDescriptor } from '../../support/admission-samples.ts';

function configure(text: string): Configuration {
  const parsed = parseConfiguration(text, { file: 'holdfast.yaml', folder: '/' });
  assert.ok(parsed.ok);
  return parsed.configuration;
}

it('bindParameters() tells every policy of the writers, the operators and where GitOps lives', () => {
  const configuration = configure(`
identity:
  writers:
    - { name: argocd, username: "system:serviceaccount:argocd:controller", tool: argocd }
    - { name: cloud, username: "arn:aws:iam::1:role/argocd", tool: argocd }
  operators:
    - name: cert-manager
      username: "system:serviceaccount:cert-manager:cert-manager"
      rules: [{ verbs: [UPDATE], groups: [""], resources: [secrets], paths: [data] }]
`);

  const parameters = bindParameters([sampleDescriptor({ name: 'one' })], configuration);

  assert.deepEqual(parameters, {
    one: {
      writers: [
        {
          username: 'system:serviceaccount:argocd:controller',
          tool: 'argocd',
          writer: 'argocd',
          applications: ['*'],
          namespace: 'argocd',
          name: 'controller',
        },
        {
          username: 'arn:aws:iam::1:role/argocd',
          tool: 'argocd',
          writer: 'cloud',
          applications: ['*'],
        },
      ],
      sharedControllerManager: false,
      grantsPossible: false,
      grantOptions: [],
      freezeOperators: [],
      operators: {
        'cert-manager': {
          rules: [{ verbs: ['UPDATE'], groups: [''], resources: ['secrets'], paths: ['data'] }],
        },
      },
      argocdNamespace: 'argocd',
      allowSync: true,
      syncAccounts: [],
      syncOverrides: [],
      instanceLabelKey: 'app.kubernetes.io/instance',
      fluxNamespace: 'flux-system',
      healer: '',
      gitopsOnlyNamespaces: [],
      orphanEditors: [],
      orphanAfterMs: 600_000,
      requireCommit: false,
      judgesImages: false,
      requireSignature: false,
      requireManifestMatch: false,
      installationNamespaces: ['argocd', 'flux-system', 'holdfast-system'],
      decidingLabels: [],
    },
  });
});

it("bindParameters() lays the configured parameters over the policy's own", () => {
  const configuration = configure(
    'policies: { settings: { one: { parameters: { allowRestart: true } } } }',
  );
  const descriptor = sampleDescriptor({
    name: 'one',
    parameters: { allowRestart: false, fluxNamespace: 'elsewhere', limit: 3 },
  });

  assert.deepEqual(bindParameters([descriptor], configuration)['one'], {
    writers: [],
    sharedControllerManager: false,
    grantsPossible: false,
    grantOptions: [],
    freezeOperators: [],
    operators: {},
    allowSync: true,
    syncAccounts: [],
    syncOverrides: [],
    argocdNamespace: 'argocd',
    instanceLabelKey: 'app.kubernetes.io/instance',
    fluxNamespace: 'elsewhere',
    healer: '',
    gitopsOnlyNamespaces: [],
    orphanEditors: [],
    orphanAfterMs: 600_000,
    requireCommit: false,
    judgesImages: false,
    requireSignature: false,
    requireManifestMatch: false,
    installationNamespaces: ['argocd', 'flux-system', 'holdfast-system'],
    decidingLabels: [],
    allowRestart: true,
    limit: 3,
  });
});

it('bindParameters() names the account that heals drift where something is healed', () => {
  const configuration = configure(
    'breakGlass: { namespace: guard }\naudit: { journal: {} }\ndrift: { heal: { applications: ["*"] } }',
  );
  const parameters = bindParameters([sampleDescriptor({ name: 'one' })], configuration)['one'];

  assert.equal(
    Reflect.get(Object(parameters), 'healer'),
    'system:serviceaccount:guard:holdfast-healer',
  );
});
