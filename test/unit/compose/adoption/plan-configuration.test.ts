import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterSurvey } from '../../../../src/compose/adoption/cluster-survey.ts';
import { planConfiguration } from '../../../../src/compose/adoption/plan-configuration.ts';
import { configurationOf } from '../../../../src/compose/adoption/planned-configuration.ts';
import { parseConfiguration } from '../../../../src/config/parse-configuration.ts';
import {
  applicationOf,
  argocdController,
  argocdSettings,
  fluxController,
  podOf,
  seen,
  surveyOf,
  UNSEEN,
} from '../../../support/adoption-samples.ts';

function plan(changes: Partial<ClusterSurvey> = {}, cluster?: string) {
  const { keys, ...rest } = planConfiguration(surveyOf(changes), { cluster });
  return {
    ...rest,
    keys,
    configuration: configurationOf(keys),
    asked: keys.flatMap(({ questions }) => questions.map(({ key }) => key)),
    notesOf: (name: string) =>
      keys.find(({ section, key }) => `${section}.${key}` === name)?.notes ?? [],
  };
}

const PEOPLE = ['breakGlass.approvers', 'policies.settings.gitops_namespaces.parameters.editors'];
const SOURCE = { file: 'holdfast.yaml', folder: '/etc/holdfast' };
const WARNS = { policies: { mode: 'warn' }, registration: { profile: 'trial' } };
const MANAGER = { namespace: 'kube-system', name: 'argocd-manager' };

test('an empty cluster gets a trial that warns, and is asked who writes', () => {
  const { configuration, asked } = plan();

  assert.deepEqual(configuration, { ...WARNS, ownership: { flux: { enabled: false } } });
  assert.deepEqual(asked, ['cluster.name', 'identity.writers', ...PEOPLE]);
});

test('a name that was given is no question', () => {
  const { configuration, asked } = plan({}, 'prod-eu-1');

  assert.deepEqual(configuration['cluster'], { name: 'prod-eu-1' });
  assert.equal(asked.includes('cluster.name'), false);
});

test('a cluster with Argo CD and Flux gets both, and a configuration that is valid', () => {
  const { configuration, notesOf } = plan(
    {
      workloads: seen([argocdController(), fluxController('kustomize-controller')]),
      pods: new Map([['argocd', seen([podOf()])]]),
      argocdSettings: new Map([
        [
          'argocd',
          argocdSettings(
            {
              'application.resourceTrackingMethod': 'label',
              'application.instanceLabelKey': 'example.com/app',
              installationID: 'one',
            },
            { 'application.namespaces': 'team-*' },
          ),
        ],
      ]),
      applications: seen([
        applicationOf(),
        applicationOf({ destination: { server: '', name: 'prod-us-1', namespace: 'a' } }),
      ]),
    },
    'prod-eu-1',
  );

  assert.deepEqual(configuration['ownership'], {
    argocd: {
      namespace: 'argocd',
      trackingMethod: 'label',
      instanceLabelKey: 'example.com/app',
      installationId: 'one',
    },
    flux: { enabled: true, namespace: 'flux-system' },
  });
  assert.deepEqual(notesOf('ownership.argocd'), [
    '1 Applications deploy to this cluster',
    'Applications of other namespaces count, too (application.namespaces: team-*)',
    'This Argo CD is a hub: 1 Applications deploy to 1 other clusters. Holdfast there needs kubernetes.hub (docs/hub.md)',
    'because ConfigMap argocd/argocd-cm sets application.resourceTrackingMethod',
  ]);
  assert.equal(parseConfiguration(JSON.stringify(configuration), SOURCE).ok, true);
});

test('namespaces of Applications are read from the flag and the variable, too', () => {
  const containers = [
    {
      image: 'i',
      words: ['argocd-application-controller', '--application-namespaces=a'],
      variables: { ARGOCD_APPLICATION_NAMESPACES: 'b' },
    },
  ];
  const { notesOf, configuration } = plan({
    workloads: seen([argocdController({ containers })]),
    argocdSettings: new Map([['argocd', argocdSettings({ installationID: 'x'.repeat(300) })]]),
  });

  assert.match(notesOf('ownership.argocd').join(), /application\.namespaces: a, b\)/u);
  assert.match(notesOf('ownership.argocd').join(), /sets no application\.resourceTrackingMethod/u);
  // A text that the configuration would not take is not written.
  assert.deepEqual(configuration['ownership'], {
    argocd: { namespace: 'argocd', trackingMethod: 'annotation' },
    flux: { enabled: false },
  });
});

test('settings of Argo CD that could not be read are a question', () => {
  const { configuration, asked } = plan({
    workloads: seen([argocdController()]),
    argocdSettings: new Map([['argocd', UNSEEN]]),
  });

  assert.deepEqual(configuration['ownership'], {
    argocd: { namespace: 'argocd' },
    flux: { enabled: false },
  });
  assert.equal(asked.includes('ownership.argocd.trackingMethod'), true);
  assert.equal(
    plan({ workloads: seen([argocdController()]) }).asked.includes(
      'ownership.argocd.trackingMethod',
    ),
    true,
  );
});

test('a spoke gets its hub by the address of the kubeconfig, and is asked for the rest', () => {
  const { configuration, asked } = plan({ accounts: seen([MANAGER]) });

  assert.deepEqual(configuration['kubernetes'], {
    hub: {
      kubeconfigFile: '/etc/holdfast/hub/kubeconfig',
      cluster: { servers: ['https://10.0.0.1:6443'] },
    },
  });
  assert.deepEqual(asked.slice(0, 3), [
    'cluster.name',
    'identity.writers[].credentials',
    'kubernetes.hub',
  ]);
});

test('an address that no hub may have is left out', () => {
  const { configuration } = plan({ accounts: seen([MANAGER]), server: 'http://127.0.0.1:8001' });

  assert.equal(configuration['kubernetes'], undefined);
});

test('what could not be read is not taken for absent', () => {
  const { configuration, keys, blindSpots } = plan({ workloads: UNSEEN, accounts: UNSEEN });

  assert.deepEqual(configuration, WARNS);
  assert.match(
    keys.flatMap(({ questions }) => questions.map(({ text }) => text)).join(),
    /What runs here could not be read/u,
  );
  assert.equal(blindSpots.length, 2);
});

test('kinds of a tool that does not run are told with the question', () => {
  const { keys } = plan({ served: new Set(['kustomizations.kustomize.toolkit.fluxcd.io']) });

  assert.match(
    keys.flatMap(({ questions }) => questions.map(({ text }) => text)).join(),
    /although the API server serves kustomizations/u,
  );
});

test('controllers that act as one account are found by the accounts that are missing', () => {
  const one = { namespace: 'default', name: 'default' };
  const { configuration } = plan({ accounts: seen([one]) });

  assert.deepEqual(configuration['identity'], { sharedControllerManager: true });
  assert.equal(plan({ accounts: seen([]) }).configuration['identity'], undefined);
});

test('AKS gets the annotation without which it rewrites webhooks', () => {
  const nodes = seen([{ name: 'a', labels: { 'kubernetes.azure.com/cluster': 'x' } }]);
  const { configuration, platform } = plan({ nodes });

  assert.equal(platform.platform, 'aks');
  assert.deepEqual(configuration['registration'], {
    profile: 'trial',
    annotations: { 'admissions.enforcer/disabled': 'true' },
  });
});

test('a large cluster gets room, and says what could not be counted', () => {
  const { configuration, notesOf } = plan({
    counts: new Map([
      ['pods', seen(200_000)],
      ['jobs.batch', UNSEEN],
    ]),
  });

  assert.deepEqual(configuration['kubernetes'], { watch: { entriesMax: 300_000 } });
  assert.deepEqual(notesOf('kubernetes.watch'), [
    'Holdfast would follow 200000 objects (200000 pods): resources.limits.memory of the chart: 1280Mi',
    'Not counted, since they could not be read: jobs.batch',
  ]);
});
