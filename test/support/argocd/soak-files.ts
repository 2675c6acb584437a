/** Commits that make every part of a cluster work: rollouts, scaling, pruning, garbage collection, rights. */
import type { GitFiles } from './git-server.ts';
import { settings, webDeployment, webService } from './sample-files.ts';

/** One application's history: each entry is a commit on top of the one before. */
export function soakCommits(): readonly GitFiles[] {
  return [
    {
      'web.json': [webService(), webDeployment({ image: 'registry.local/web:2.0.0' })],
      'rights.json': rights(),
      'scaled.json': [scaledDeployment(), autoscaler(3)],
      'store.json': statefulSet(),
    },
    {
      'web.json': [webService(), webDeployment({ image: 'registry.local/web:2.0.0', replicas: 2 })],
      'extra.json': [named(settings({ feature: 'on' }), 'extra'), disruptionBudget()],
    },
    { 'extra.json': undefined, 'settings.json': settings({ greeting: 'good day' }) },
    { 'scaled.json': [scaledDeployment({ team: 'shop' }), autoscaler(5)] },
    {
      'store.json': undefined,
      'rights.json': undefined,
      'web.json': [webService(), webDeployment({ image: 'registry.local/web:2.1.0' })],
    },
  ];
}

function named(object: object, name: string): object {
  return { ...object, metadata: { name } };
}

/** Without a number of replicas: that is the autoscaler's. */
function scaledDeployment(labels: Readonly<Record<string, string>> = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'scaled', labels },
    spec: {
      selector: { matchLabels: { app: 'scaled' } },
      template: {
        metadata: { labels: { app: 'scaled' } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'app', image: 'registry.local/scaled:1.0.0' }],
        },
      },
    },
  };
}

function autoscaler(maxReplicas: number): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'scaled' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' },
      minReplicas: 1,
      maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    },
  };
}

function statefulSet(): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'store' },
    spec: {
      serviceName: 'store',
      selector: { matchLabels: { app: 'store' } },
      template: {
        metadata: { labels: { app: 'store' } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'app', image: 'registry.local/store:1.0.0' }],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '1Gi' } },
          },
        },
      ],
    },
  };
}

function disruptionBudget(): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
  };
}

function rights(): readonly object[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader' } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader' }],
    },
  ];
}
