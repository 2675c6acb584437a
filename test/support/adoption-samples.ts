/** Clusters for `holdfast adopt`, as it reads them: a test changes what it is about. */
import type {
  ApplicationFacts,
  ClusterSurvey,
  FluxObject,
  PodFacts,
  Workload,
} from '../../src/compose/adoption/cluster-survey.ts';
import type { Looked, Unseen } from '../../src/compose/adoption/looked.ts';
import { parseArgocdConfiguration } from '../../src/compose/adoption/parse-argocd-configuration.ts';

export const UNSEEN: Unseen = { status: 'unseen', reason: 'the answer is 403', isForbidden: true };

/** All of it was read. */
export function seen<Value>(value: Value): Looked<Value> {
  return { status: 'seen', value };
}

/** An empty cluster of which everything was read. */
export function surveyOf(changes: Partial<ClusterSurvey> = {}): ClusterSurvey {
  return {
    server: 'https://10.0.0.1:6443',
    version: seen('v1.36.3'),
    nodes: seen([]),
    served: new Set<string>(),
    workloads: seen([]),
    accounts: seen([{ namespace: 'kube-system', name: 'deployment-controller' }]),
    tokenSecrets: seen([]),
    applications: seen([]),
    projects: seen([]),
    kustomizations: seen([]),
    helmReleases: seen([]),
    mutatingWebhooks: seen([]),
    argocdSettings: new Map(),
    pods: new Map(),
    counts: new Map(),
    ...changes,
  };
}

/** A Deployment that nobody looks for. */
export function workloadOf(changes: Partial<Workload> = {}): Workload {
  return {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'checkout',
    labels: {},
    createdAt: '2026-01-01T00:00:00Z',
    replicas: 1,
    serviceAccount: 'default',
    containers: [{ image: 'registry.local/checkout:1', words: [], variables: {} }],
    ...changes,
  };
}

/** The application controller of Argo CD's own manifests. */
export function argocdController(changes: Partial<Workload> = {}): Workload {
  const words = ['/usr/local/bin/argocd-application-controller'];
  return workloadOf({
    kind: 'StatefulSet',
    namespace: 'argocd',
    name: 'argocd-application-controller',
    serviceAccount: 'argocd-application-controller',
    containers: [{ image: 'quay.io/argoproj/argocd:v3', words, variables: {} }],
    ...changes,
  });
}

/** A controller of Flux's own manifests. */
export function fluxController(
  program: string,
  changes: Partial<Workload> = {},
  words: readonly string[] = [],
): Workload {
  const image = `ghcr.io/fluxcd/${program}:v1.9.5`;
  return workloadOf({
    namespace: 'flux-system',
    name: program,
    serviceAccount: program,
    containers: [{ image, words, variables: {} }],
    ...changes,
  });
}

/** One that deploys to the cluster that Argo CD runs in. */
export function applicationOf(changes: Partial<ApplicationFacts> = {}): ApplicationFacts {
  return {
    namespace: 'argocd',
    name: 'checkout',
    project: 'default',
    destination: { server: 'https://kubernetes.default.svc', name: '', namespace: 'shop' },
    resources: 3,
    ...changes,
  };
}

/** A Kustomization without an account of its own. */
export function kustomizationOf(changes: Partial<FluxObject> = {}): FluxObject {
  return {
    kind: 'Kustomization',
    namespace: 'flux-system',
    name: 'podinfo',
    isRemote: false,
    ...changes,
  };
}

/** A pod that runs, with a token that is bound to it. */
export function podOf(changes: Partial<PodFacts> = {}): PodFacts {
  return {
    name: 'argocd-application-controller-0',
    serviceAccount: 'argocd-application-controller',
    isRunning: true,
    hasBoundToken: true,
    ...changes,
  };
}

/** What argocd-cm and argocd-cmd-params-cm with these data say. */
export function argocdSettings(
  settings: Readonly<Record<string, string>> = {},
  parameters: Readonly<Record<string, string>> = {},
) {
  return seen(
    parseArgocdConfiguration({ settings: { data: settings }, parameters: { data: parameters } }),
  );
}
