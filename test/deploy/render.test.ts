/** What the chart renders, by the real helm, over a matrix of values. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { parseYaml } from '../../src/base/parse-yaml.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { planManifests } from '../../src/compose/plan-manifests.ts';
import { formatChartGuard, GUARD_FILE } from '../support/deploy/chart-guard.ts';
import { EVERYTHING, listMatrix, setValues } from '../support/deploy/chart-matrix.ts';
import { BASE_VALUES, planBase } from '../support/deploy/plan-base.ts';
import {
  CHART,
  NAMESPACE,
  readExampleConfiguration,
  readObjects,
  renderChart,
  runHelm,
} from '../support/deploy/render-chart.ts';
import type { RenderedObject } from '../support/deploy/render-chart.ts';
import { REGISTRATION_RULES } from '../support/registration/registration-role.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const BASE = join(ROOT, 'deploy', 'base');
const MATRIX = listMatrix();
const recordSchema = z.record(z.string(), z.unknown());

function readYaml(text: string): unknown {
  const parsed = parseYaml(text, { dialect: 'kubernetes', aliasesMax: 0 });
  assert.ok(parsed.ok);
  return parsed.documents[0]?.value;
}

async function objectsFor(values: Readonly<Record<string, unknown>>) {
  return readObjects(await renderChart(setValues(values)));
}

function find(objects: readonly RenderedObject[], kind: string, name = 'holdfast') {
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
}

function configurationOf(objects: readonly RenderedObject[]) {
  const data = z
    .object({ 'holdfast.yaml': z.string() })
    .parse(find(objects, 'ConfigMap')?.['data']);
  const options = { file: 'holdfast.yaml', folder: '/etc/holdfast' };
  const parsed = parseConfiguration(data['holdfast.yaml'], options);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.configuration;
}

describe('the chart', () => {
  for (const { name, argv } of MATRIX) {
    it(`passes helm lint, with a valid configuration and objects that are there once: ${name}`, async () => {
      await runHelm(['lint', '--strict', '--kube-version', '1.36.3', CHART, ...argv]);
      const objects = readObjects(await renderChart(argv));
      configurationOf(objects);
      const ids = objects.map(
        ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
      );
      assert.equal(new Set(ids).size, ids.length);
      for (const { kind, metadata } of objects) {
        const labels = recordSchema.parse(metadata['labels']);
        assert.equal(labels['app.kubernetes.io/name'], 'holdfast', `${kind} ${metadata.name}`);
      }
    });
  }

  it('has the version of the npm package', () => {
    const { version } = z
      .looseObject({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    const chart = recordSchema.parse(readYaml(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')));
    assert.deepEqual([chart['version'], chart['appVersion']], [version, version]);
  });

  it('has a schema that knows each of its values, and no others', () => {
    const values = readYaml(readFileSync(join(CHART, 'values.yaml'), 'utf8'));
    const schema: unknown = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'));
    assert.deepEqual(listUnknown(values, schema, ''), []);
  });

  const refused: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
    ['a misspelt value', { replica: 2 }, /additional properties 'replica' not allowed/u],
    ['a misspelt value inside', { image: { name: 'x' } }, /additional properties 'name'/u],
    ['no replica', { replicas: 0 }, /\/replicas.*minimum/su],
    ['a digest that is none', { image: { digest: 'sha256:1' } }, /\/image\/digest/u],
    ['a size that is none', { journal: { claim: { size: 'large' } } }, /\/journal\/claim\/size/u],
    [
      'rights to write',
      { rbac: { extraRules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['update'] }] } },
      /verbs/u,
    ],
    ['a configuration without a port', { configuration: { server: { port: 0 } } }, /port/u],
  ];
  for (const [what, values, message] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(renderChart(setValues(values)), message);
    });
  }

  it('keeps each journal in a claim, and in a trial in an emptyDir, with no place before others', async () => {
    const [production, trial] = await Promise.all([
      renderChart([]),
      renderChart(['--values', join(CHART, 'values', 'trial.yaml')]),
    ]);
    const textOf = (documents: typeof production) =>
      documents.find(({ template }) => template === 'statefulset.yaml')?.text ?? '';
    assert.match(textOf(production), /volumeClaimTemplates:[\s\S]*name: journal/u);
    assert.match(textOf(production), /priorityClassName: system-cluster-critical/u);
    assert.doesNotMatch(textOf(trial), /volumeClaimTemplates|priorityClassName/u);
    assert.match(textOf(trial), /- name: journal\n +emptyDir:/u);
    assert.equal(find(readObjects(trial), 'ResourceQuota', 'holdfast-priority'), undefined);
    assert.notEqual(find(readObjects(production), 'ResourceQuota', 'holdfast-priority'), undefined);
  });

  it('lets Holdfast out to the sinks and alert targets of its configuration, and to nothing else', async () => {
    const policy = find(await objectsFor(EVERYTHING), 'NetworkPolicy');
    const { egress } = z.looseObject({ egress: z.array(z.unknown()) }).parse(policy?.['spec']);
    const tcp = (port: number) => ({ protocol: 'TCP', port });
    const namespace = (name: string) => [
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
    ];
    assert.deepEqual(egress, [
      { ports: [tcp(443), tcp(6443)], to: [{ ipBlock: { cidr: '10.0.0.1/32' } }] },
      { ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] },
      { ports: [tcp(443), tcp(22)] },
      { ports: [tcp(3100)] },
      { to: [{ ipBlock: { cidr: '10.1.2.3/32' } }], ports: [tcp(443)] },
      { ports: [tcp(4222)] },
      { to: namespace('messaging') },
      { ports: [tcp(6514)] },
      { to: namespace('monitoring') },
      { ports: [tcp(3128)] },
    ]);
  });

  it('lets Holdfast out to the Prometheus of its circuit breakers', async () => {
    const freeze = { prometheus: { url: 'http://prometheus.monitoring.svc:9090' } };
    const policy = find(await objectsFor({ configuration: { freeze } }), 'NetworkPolicy');
    const { egress } = z.looseObject({ egress: z.array(z.unknown()) }).parse(policy?.['spec']);
    assert.deepEqual(egress.at(-1), {
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    });
  });

  it('lets Holdfast out to the registry of its policies', async () => {
    const policies = {
      registry: { reference: '10.9.8.7:5000/team/policies:prod', folder: 'kept' },
    };
    const policy = find(await objectsFor({ configuration: { policies } }), 'NetworkPolicy');
    const { egress } = z.looseObject({ egress: z.array(z.unknown()) }).parse(policy?.['spec']);
    assert.deepEqual(egress.at(-1), {
      to: [{ ipBlock: { cidr: '10.9.8.7/32' } }],
      ports: [{ protocol: 'TCP', port: 5000 }],
    });
  });

  it('gives rights by feature: Events with their sink, Secrets of others only where they are named', async () => {
    const roles = async (values: Readonly<Record<string, unknown>>) =>
      (await objectsFor(values))
        .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
        .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)
        .toSorted();
    const own = ['credentials', 'freezes', 'grants', 'leases'].map(
      (name) => `Role holdfast-system/holdfast-${name}`,
    );
    const reader = 'ClusterRole /holdfast-registration-reader';
    assert.deepEqual(await roles({}), ['ClusterRole /holdfast', reader, ...own]);
    const sinks = [{ name: 'events', type: 'kubernetesEvents' }];
    assert.deepEqual(await roles({ 'configuration.audit.sinks': sinks }), [
      'ClusterRole /holdfast',
      'ClusterRole /holdfast-events',
      reader,
      ...own,
    ]);
    assert.deepEqual(
      await roles({ rbac: { argocdRepositories: true, pullSecretNamespaces: ['shop'] } }),
      [
        'ClusterRole /holdfast',
        reader,
        'Role argocd/holdfast-repositories',
        ...own,
        'Role shop/holdfast-pull-secrets',
      ],
    );
    assert.deepEqual(await roles({ 'rbac.doctor': true }), [
      'ClusterRole /holdfast',
      'ClusterRole /holdfast-doctor',
      reader,
      ...[...own, 'Role holdfast-system/holdfast-doctor'].toSorted(),
    ]);
    assert.deepEqual(await roles({ 'rbac.grants': false, 'rbac.leases': false }), [
      'ClusterRole /holdfast',
      reader,
      'Role holdfast-system/holdfast-credentials',
      'Role holdfast-system/holdfast-freezes',
    ]);
    assert.deepEqual(await roles({ 'configuration.certificates.manage': true }), [
      'ClusterRole /holdfast',
      'ClusterRole /holdfast-registration',
      reader,
      'Role holdfast-system/holdfast-certificates',
      ...own,
    ]);
  });

  it('asks who looks where there is a dashboard, and opens its port only where it is not on loopback', async () => {
    const namesOf = async (dashboard: object): Promise<readonly string[]> =>
      (await objectsFor({ configuration: { dashboard }, replicas: 2 }))
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
        .filter((name) => /dashboard|decisions/u.test(name));
    const rights = [
      'ClusterRole holdfast-dashboard',
      'ClusterRole holdfast-decisions-viewer',
      'ClusterRoleBinding holdfast-dashboard',
    ];
    assert.deepEqual((await namesOf({})).toSorted(), rights);
    const url = 'https://{replica}.holdfast.example.com';
    assert.deepEqual((await namesOf({ host: '0.0.0.0', url })).toSorted(), [
      ...rights,
      'Service holdfast-dashboard-0',
      'Service holdfast-dashboard-1',
    ]);
  });

  it('gives the account that heals drift what it is asked for, and Holdfast a token of it', async () => {
    const rulesOf = async (heal: object, kind: string) => {
      const objects = await objectsFor({ 'configuration.drift': { heal } });
      const role = objects.find(
        (object) => object.kind === kind && object.metadata.name.startsWith('holdfast-healer'),
      );
      return role?.['rules'];
    };
    const applications = ['*'];
    const patch = (group: string, ...resources: readonly string[]) => ({
      apiGroups: [group],
      resources,
      verbs: ['patch'],
    });
    const asks = [
      patch('argoproj.io', 'applications'),
      patch('kustomize.toolkit.fluxcd.io', 'kustomizations'),
      patch('helm.toolkit.fluxcd.io', 'helmreleases'),
    ];
    assert.deepEqual(await rulesOf({ applications }, 'ClusterRole'), asks);
    assert.deepEqual(await rulesOf({ applications, additions: true }, 'ClusterRole'), [
      ...asks,
      patch('', 'configmaps', 'services'),
      patch('apps', 'daemonsets', 'deployments', 'statefulsets'),
      patch('batch', 'cronjobs'),
      patch('networking.k8s.io', 'ingresses', 'networkpolicies'),
      patch('policy', 'poddisruptionbudgets'),
      patch('autoscaling', 'horizontalpodautoscalers'),
    ]);
    assert.deepEqual(await rulesOf({ applications }, 'Role'), [
      {
        apiGroups: [''],
        resources: ['serviceaccounts/token'],
        resourceNames: ['holdfast-healer'],
        verbs: ['create'],
      },
    ]);
  });

  it('mounts no Secret where Holdfast makes its own certificate, but memory that it can write', async () => {
    const argv = setValues({ 'configuration.certificates.manage': true });
    const documents = await renderChart([...argv, '--show-only', 'templates/statefulset.yaml']);
    const text = documents[0]?.text ?? '';
    assert.doesNotMatch(text, /holdfast-tls/u);
    assert.match(text, /mountPath: \/var\/run\/holdfast\n/u);
    assert.match(text, /- name: certificate\n +emptyDir:\n +medium: Memory/u);
  });

  it('puts the annotations of clouds and of cert-manager into the configuration', async () => {
    const aks = readObjects(await renderChart(['--values', join(CHART, 'values', 'aks.yaml')]));
    assert.deepEqual(configurationOf(aks).registration.annotations, {
      'admissions.enforcer/disabled': 'true',
    });
    const injected = await objectsFor({ 'certificate.injectCaFrom': 'holdfast-system/holdfast' });
    assert.deepEqual(configurationOf(injected).registration, {
      profile: 'trial',
      pilotNamespaces: [],
      annotations: { 'cert-manager.io/inject-ca-from': 'holdfast-system/holdfast' },
      manage: false,
      guard: { usernames: [], exemptGroups: [] },
    });
  });

  it('has the guards that holdfast manifests prints, for each way to name people, accounts and marks', async () => {
    assert.equal(
      readFileSync(join(CHART, ...GUARD_FILE), 'utf8'),
      formatChartGuard(),
      'npm run deploy:base',
    );
    const configurations = [
      {},
      {
        registration: {
          guard: {
            usernames: [
              'pipeline',
              "o'brien",
              'system:serviceaccount:cert-manager:cert-manager',
              'a\\b',
            ],
            exemptGroups: ['z', 'on-call', 'z'],
          },
        },
        identity: { sharedControllerManager: true },
        ownership: { argocd: { trackingMethod: 'label' } },
      },
      {
        ownership: { argocd: { trackingMethod: 'annotation+label', instanceLabelKey: 'team/app' } },
      },
    ];
    for (const configuration of configurations) {
      const objects = await objectsFor({ guard: { enabled: true }, configuration });
      const planned = planManifests(configurationOf(objects), {
        target: { kind: 'service', namespace: NAMESPACE, name: 'holdfast', port: 443 },
        ownNamespace: NAMESPACE,
        gitopsNamespaces: [],
        recoveryUsernames: [],
        guardUsernames: [],
      }).filter(({ kind }) => String(kind).startsWith('ValidatingAdmissionPolicy'));
      const rendered = objects.filter(({ kind }) => kind.startsWith('ValidatingAdmissionPolicy'));
      // Helm installs all policies before their bindings.
      const ordered = planned.toSorted((one, other) =>
        String(one['kind']).localeCompare(String(other['kind'])),
      );
      assert.deepEqual(rendered.map(readLists), ordered.map(readLists));
    }
  });

  it('gives the rights of the registration where Holdfast keeps it', async () => {
    const configuration = { registration: { manage: true } };
    const objects = await objectsFor({ configuration });
    assert.deepEqual(
      find(objects, 'ClusterRole', 'holdfast-registration')?.['rules'],
      REGISTRATION_RULES,
    );
    assert.equal(find(await objectsFor({}), 'ClusterRole', 'holdfast-registration'), undefined);
  });

  it('gives a journal more room than the configuration lets it take', async () => {
    const { journalBytesMax = Infinity, folder = '' } =
      configurationOf(await objectsFor({})).audit.journal ?? {};
    const values = readFileSync(join(CHART, 'values.yaml'), 'utf8');
    for (const key of ['size', 'emptyDirSize']) {
      const gib = Number(new RegExp(`^ +${key}: (\\d+)Gi$`, 'mu').exec(values)?.[1]);
      assert.ok(gib * 2 ** 30 > journalBytesMax, key);
    }
    assert.match(folder, /^\/var\/lib\/holdfast\//u);
  });
});

describe('deploy/base', () => {
  it('is what the chart renders', async () => {
    const planned = planBase(await renderChart(BASE_VALUES), readExampleConfiguration());
    const found = readdirSync(BASE).toSorted();
    assert.deepEqual(found, planned.map(({ name }) => name).toSorted(), 'npm run deploy:base');
    for (const { name, text } of planned) {
      assert.equal(readFileSync(join(BASE, name), 'utf8'), text, `${name}: npm run deploy:base`);
    }
  });

  it('has the configuration that the chart has', async () => {
    const documents = await renderChart(BASE_VALUES);
    const options = { file: 'holdfast.yaml', folder: '/etc/holdfast' };
    const parsed = parseConfiguration(readExampleConfiguration(), options);
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.configuration, configurationOf(readObjects(documents)));
  });
});

/** Lists of CEL are written in either kind of quotes. */
function readLists(manifest: object): unknown {
  const { variables, ...spec } = recordSchema.parse(Reflect.get(manifest, 'spec'));
  const lists = z
    .array(z.object({ name: z.string(), expression: z.string() }))
    .default([])
    .parse(variables);
  return {
    ...manifest,
    spec,
    lists: lists.map(({ name, expression }) => {
      const quoted = expression.replaceAll(/'(?<text>[^'"]*)'(?=[,\n\]])/gu, '"$<text>"');
      const texts: unknown = JSON.parse(quoted);
      return { name, texts };
    }),
  };
}

/** Keys of the values for which the schema has no property. */
function listUnknown(value: unknown, schema: unknown, path: string): readonly string[] {
  const values = recordSchema.safeParse(value);
  const { properties } = z.looseObject({ properties: recordSchema.optional() }).parse(schema);
  if (!values.success || properties === undefined || path === '.configuration') return [];
  return Object.entries(values.data).flatMap(([key, inner]) => {
    const property = properties[key];
    return property === undefined
      ? [`${path}.${key}`]
      : listUnknown(inner, property, `${path}.${key}`);
  });
}
