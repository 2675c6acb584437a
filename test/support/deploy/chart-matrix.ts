/** Sets of values that the chart is rendered with in tests. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHART } from './render-chart.ts';

export interface MatrixEntry {
  readonly name: string;
  readonly argv: readonly string[];
}

const FILES = readdirSync(join(CHART, 'values')).toSorted();
const CLOUDS = FILES.filter((file) => !/^(?:trial|production)\./u.test(file));

/** Everything that is off by default, and every kind of sink. */
export const EVERYTHING = {
  image: { registry: 'registry.local:5000', digest: `sha256:${'a'.repeat(64)}` },
  imagePullSecrets: [{ name: 'pull' }],
  namespace: { create: true },
  journal: { claim: { annotations: { 'example.com/kept': 'yes' }, retention: 'Delete' } },
  certificate: { injectCaFrom: 'holdfast-system/holdfast' },
  hostNetwork: true,
  topologySpread: { hosts: 'DoNotSchedule', zones: 'ScheduleAnyway' },
  service: { annotations: { 'example.com/internal': 'yes' } },
  serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/x' } },
  pod: {
    annotations: { 'example.com/a': 'b' },
    labels: { team: 'platform' },
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }],
    affinity: { podAntiAffinity: {} },
    extraEnvironment: [{ name: 'HTTPS_PROXY', value: 'https://proxy.example.com:3128' }],
    extraVolumes: [{ name: 'tokens', secret: { secretName: 'tokens' } }],
    extraVolumeMounts: [{ name: 'tokens', mountPath: '/etc/tokens', readOnly: true }],
  },
  rbac: {
    events: true,
    argocdRepositories: true,
    doctor: true,
    pullSecretNamespaces: ['shop', 'blog'],
    extraRules: [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get'] }],
  },
  guard: { enabled: true },
  gatekeeper: { enabled: true, image: { registry: 'registry.local:5000' } },
  networkPolicy: {
    apiServer: { cidrs: ['10.0.0.1/32'] },
    openPorts: [443, 22],
    metricsNamespaces: ['monitoring'],
    dashboardNamespaces: ['ingress'],
    extraEgress: [{ ports: [{ protocol: 'TCP', port: 3128 }] }],
  },
  monitoring: {
    serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
    rules: { enabled: true, runbookBase: 'https://example.com/alerts' },
    dashboard: { enabled: true },
  },
  configuration: {
    dashboard: { host: '0.0.0.0', url: 'https://{replica}.holdfast.example.com' },
    audit: {
      sinks: [
        { name: 'events', type: 'kubernetesEvents' },
        { name: 'loki', type: 'loki', url: 'https://loki.example.com:3100' },
        { name: 'here', type: 'otlp', url: 'http://localhost:4318' },
        { name: 'address', type: 'webhook', url: 'https://10.1.2.3/records' },
        {
          name: 'nats',
          type: 'nats',
          subject: 'holdfast',
          stream: 'holdfast',
          servers: ['tls://nats.example.com', 'tls://nats.messaging.svc:4222'],
        },
        { name: 'syslog', type: 'syslog', host: 'log.example.com' },
        { name: 'slack', type: 'slack', url: { file: '/etc/tokens/slack' } },
      ],
    },
    alerts: {
      targets: [
        {
          name: 'am',
          type: 'alertmanager',
          url: 'https://alertmanager.monitoring.svc.cluster.local:9093',
        },
      ],
    },
  },
} as const;

/** Everything that can be switched off. */
const NOTHING = {
  journal: { claim: { enabled: false } },
  priorityClass: { name: '' },
  disruptionBudget: { enabled: false },
  networkPolicy: { enabled: false },
  rbac: {
    argocd: false,
    flux: false,
    keda: false,
    grants: false,
    credentials: false,
    leases: false,
  },
};

/** The default, each file of values, each cloud as a trial and in production, everything and nothing. */
export function listMatrix(): readonly MatrixEntry[] {
  const withFiles = (...files: readonly string[]): MatrixEntry => ({
    name: files.length === 0 ? 'the default' : files.join(' and '),
    argv: files.flatMap((file) => ['--values', join(CHART, 'values', file)]),
  });
  return [
    withFiles(),
    ...FILES.map((file) => withFiles(file)),
    ...CLOUDS.flatMap((file) => [
      withFiles(file, 'trial.yaml'),
      withFiles(file, 'production.yaml'),
    ]),
    {
      name: 'certificates of its own',
      argv: setValues({ 'configuration.certificates.manage': true }),
    },
    {
      name: 'healing of drift',
      argv: setValues({
        'configuration.drift': { heal: { applications: ['*'], additions: true } },
        'configuration.audit.journal': {},
      }),
    },
    { name: 'everything', argv: setValues(EVERYTHING) },
    { name: 'nothing', argv: setValues(NOTHING) },
  ];
}

/** As arguments for helm. */
export function setValues(values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => [
    '--set-json',
    `${key}=${JSON.stringify(value)}`,
  ]);
}
