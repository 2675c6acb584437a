/** Histories of applications that are rendered in different ways: plain, Kustomize, Helm, with hooks, custom kinds and ignored fields. */
import type { GitFiles } from './git-server.ts';
import { settings, webDeployment, webService } from './sample-files.ts';
import { soakCommits } from './soak-files.ts';

export interface VariedHistory {
  readonly name: string;
  /** Each entry is a commit on top of the one before. */
  readonly commits: readonly GitFiles[];
  /** Merged into the Application before the first commit. */
  readonly specification?: object;
}

/** Ten histories of five commits each. */
export function variedHistories(): readonly VariedHistory[] {
  return [
    { name: 'plain', commits: soakCommits() },
    { name: 'plain again', commits: soakCommits() },
    { name: 'kustomize', commits: kustomizeCommits() },
    { name: 'kustomize from a base', commits: baseCommits() },
    { name: 'helm', commits: helmCommits() },
    { name: 'helm with values', commits: helmCommits(), specification: HELM_VALUES },
    { name: 'hooks', commits: hookCommits() },
    { name: 'custom kinds', commits: customCommits() },
    { name: 'ignored fields', commits: soakCommits(), specification: IGNORED },
    // Without claim templates, which Argo CD finds different for ever where it applies on the server's side.
    { name: 'server-side apply', commits: kustomizeCommits(), specification: SERVER_SIDE },
  ];
}

const HELM_VALUES = {
  source: {
    helm: { valuesObject: { replicas: 2 }, parameters: [{ name: 'greeting', value: 'a' }] },
  },
};
const IGNORED = {
  ignoreDifferences: [{ group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/replicas'] }],
};
const SERVER_SIDE = { syncPolicy: { syncOptions: ['ServerSideApply=true'] } };

function kustomizeCommits(): readonly GitFiles[] {
  const resources = 'resources: [settings.json, web.json]\n';
  return [
    { 'kustomization.yaml': `${resources}commonAnnotations: {team: shop}\n` },
    { 'kustomization.yaml': `${resources}images: [{name: registry.local/web, newTag: 3.0.0}]\n` },
    {
      'kustomization.yaml': `${resources}configMapGenerator: [{name: generated, literals: [a=b]}]\n`,
    },
    {
      'kustomization.yaml': `${resources}configMapGenerator: [{name: generated, literals: [a=c]}]\n`,
    },
    {
      'kustomization.yaml': `${resources}patches:
- target: {kind: Deployment, name: web}
  patch: '[{"op": "replace", "path": "/spec/replicas", "value": 2}]'
`,
    },
  ];
}

/** The base stands beside the folder of the application. */
function baseCommits(): readonly GitFiles[] {
  const first = {
    '../base/kustomization.yaml': 'resources: [web.json]\n',
    '../base/web.json': [webService(), webDeployment({ image: 'registry.local/base:1' })],
    'web.json': undefined,
    'kustomization.yaml': 'resources: [../base, settings.json]\nlabels: [{pairs: {tier: a}}]\n',
  };
  const images = ['2', '3', '4'].map((tag) => ({
    '../base/web.json': [webService(), webDeployment({ image: `registry.local/base:${tag}` })],
  }));
  return [
    first,
    ...images,
    { 'kustomization.yaml': 'resources: [../base, settings.json]\nlabels: [{pairs: {tier: b}}]\n' },
  ];
}

function helmCommits(): readonly GitFiles[] {
  const chart = (version: string) => `apiVersion: v2\nname: shop\nversion: ${version}\n`;
  const template = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  labels: {app: web}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - name: web
        image: registry.local/web:{{ .Values.tag }}
        env:
        - {name: GREETING, value: {{ .Values.greeting | quote }}}
        resources: {requests: {cpu: 100m, memory: 0.5Gi}}
`;
  const values = (tag: string) => `replicas: 1\ntag: "${tag}"\ngreeting: hello\n`;
  return [
    {
      'settings.json': undefined,
      'web.json': undefined,
      'Chart.yaml': chart('1.0.0'),
      'values.yaml': values('1'),
      'templates/web.yaml': template,
    },
    { 'values.yaml': values('2') },
    {
      'templates/secret.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: {name: token}\nstringData: {a: {{ .Values.greeting }}}\n',
    },
    { 'templates/secret.yaml': undefined, 'Chart.yaml': chart('1.1.0') },
    { 'values.yaml': values('3') },
  ];
}

function hookCommits(): readonly GitFiles[] {
  const job = (phase: string, others: object) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { annotations: { 'argocd.argoproj.io/hook': phase, ...policyOf(phase) }, ...others },
    spec: {
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'hook', image: 'registry.local/hook:1', command: ['true'] }],
        },
      },
    },
  });
  const named = job('Sync', {});
  return [
    {
      'hooks.json': [
        withMetadata(job('PreSync', {}), { generateName: 'before-' }),
        withMetadata(job('PostSync', {}), { generateName: 'after-' }),
      ],
      'settings.json': settings({ greeting: 'one' }),
    },
    { 'settings.json': settings({ greeting: 'two' }) },
    {
      'named.json': withMetadata(named, { name: 'migrate' }),
      'settings.json': settings({ greeting: 'three' }),
    },
    { 'settings.json': settings({ greeting: 'four' }) },
    { 'named.json': undefined, 'settings.json': settings({ greeting: 'five' }) },
  ];
}

function policyOf(phase: string): object {
  return phase === 'Sync'
    ? { 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation' }
    : { 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded' };
}

function withMetadata(object: { readonly metadata: object }, metadata: object): object {
  return { ...object, metadata: { ...object.metadata, ...metadata } };
}

function customCommits(): readonly GitFiles[] {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gates.shop.example.com' },
    spec: {
      group: 'shop.example.com',
      scope: 'Namespaced',
      names: { kind: 'Gate', plural: 'gates', singular: 'gate' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  properties: {
                    width: { type: 'integer' },
                    open: { type: 'boolean', default: false },
                  },
                },
              },
            },
          },
        },
      ],
    },
  };
  const gate = (width: number) => ({
    apiVersion: 'shop.example.com/v1',
    kind: 'Gate',
    metadata: { name: 'front' },
    spec: { width },
  });
  return [
    { 'definition.json': definition },
    { 'gate.json': gate(1) },
    { 'gate.json': gate(2), 'settings.json': settings({ greeting: 'gates' }) },
    { 'extra.json': { ...settings({ a: 'b' }), metadata: { name: 'extra' } } },
    { 'gate.json': gate(3), 'extra.json': undefined },
  ];
}
