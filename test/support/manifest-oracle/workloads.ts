/** Workloads in the spellings that people use. */
import type { Fields } from '../../../src/source/manifest/type-schema.ts';
import { namespaced } from './oracle-case.ts';
import type { OracleCase } from './oracle-case.ts';

const EVERYTHING = {
  serviceAccountName: 'runner',
  hostNetwork: false,
  automountServiceAccountToken: false,
  nodeSelector: {},
  terminationGracePeriodSeconds: 5,
  securityContext: {
    runAsNonRoot: true,
    fsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  imagePullSecrets: [{ name: 'pull' }],
  tolerations: [{ key: 'a', operator: 'Exists' }],
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'a' } },
    },
  ],
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 1,
          podAffinityTerm: { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'a' } } },
        },
      ],
    },
  },
  initContainers: [
    { name: 'first', image: 'a', command: ['true'] },
    { name: 'sidecar', image: 'a@sha256:'.concat('0'.repeat(64)), restartPolicy: 'Always' },
  ],
  containers: [
    {
      name: 'app',
      image: 'app',
      imagePullPolicy: '',
      tty: false,
      stdin: false,
      args: [],
      env: [
        { name: 'PLAIN', value: 'x' },
        { name: 'EMPTY', value: '' },
        { name: 'NONE' },
        { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        { name: 'KEY', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: false } } },
      ],
      envFrom: [{ prefix: '', configMapRef: { name: 'c' } }],
      ports: [
        { name: 'http', containerPort: 8080 },
        { containerPort: 53, protocol: 'UDP' },
      ],
      resources: {
        limits: { cpu: '1000m', memory: '0.5Gi', 'ephemeral-storage': '1e9' },
        requests: { cpu: 0.1, memory: '128Mi' },
      },
      livenessProbe: { httpGet: { port: 'http' }, initialDelaySeconds: 0 },
      readinessProbe: { exec: { command: ['true'] }, periodSeconds: 5 },
      startupProbe: { grpc: { port: 9000 } },
      lifecycle: { preStop: { httpGet: { port: 8080, path: '/stop' } } },
      securityContext: { capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false },
      volumeMounts: [
        { name: 'config', mountPath: '/config', readOnly: true },
        { name: 'data', mountPath: '/data', readOnly: false, subPath: '' },
      ],
    },
  ],
  volumes: [
    { name: 'config', configMap: { name: 'c' } },
    { name: 'data' },
    { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '1024Mi' } },
    { name: 'secret', secret: { secretName: 's', defaultMode: 0o400 } },
    {
      name: 'mixed',
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token' } },
          { configMap: { name: 'c', items: [{ key: 'a', path: 'b' }] } },
          {
            downwardAPI: {
              items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }],
            },
          },
        ],
      },
    },
    { name: 'host', hostPath: { path: '/var/log' } },
    {
      name: 'scratch',
      ephemeral: {
        volumeClaimTemplate: {
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      },
    },
    { name: 'nfs', nfs: { server: 's', path: '/', readOnly: false } },
    { name: 'csi', csi: { driver: 'd.example' } },
  ],
};

/** All kinds that run pods. */
export const WORKLOADS: readonly OracleCase[] = [
  namespaced('Deployment', ['apps/v1', 'Deployment', 'deployments'], { spec: workload({}) }),
  namespaced('Deployment with everything', ['apps/v1', 'Deployment', 'deployments'], {
    metadata: { labels: {}, annotations: { a: 'b' } },
    spec: workload(
      {
        replicas: 3,
        paused: false,
        minReadySeconds: 0,
        strategy: { rollingUpdate: { maxSurge: 1 } },
      },
      EVERYTHING,
    ),
  }),
  namespaced('Deployment that is recreated', ['apps/v1', 'Deployment', 'deployments'], {
    spec: workload(
      { strategy: { type: 'Recreate' } },
      {
        hostNetwork: true,
        containers: [{ name: 'a', image: 'a:latest', ports: [{ containerPort: 80 }] }],
      },
    ),
  }),
  namespaced('StatefulSet with claims', ['apps/v1', 'StatefulSet', 'statefulsets'], {
    spec: workload({
      serviceName: 'a',
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
        },
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'log', creationTimestamp: null },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: '',
            resources: { requests: { storage: '1Gi' } },
          },
        },
      ],
    }),
  }),
  namespaced('StatefulSet with a partition', ['apps/v1', 'StatefulSet', 'statefulsets'], {
    spec: workload({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
      podManagementPolicy: 'Parallel',
    }),
  }),
  namespaced('DaemonSet', ['apps/v1', 'DaemonSet', 'daemonsets'], { spec: workload({}) }),
  namespaced('DaemonSet on delete', ['apps/v1', 'DaemonSet', 'daemonsets'], {
    spec: workload({ updateStrategy: { type: 'OnDelete' } }),
  }),
  namespaced('Job', ['batch/v1', 'Job', 'jobs'], {
    spec: {
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } },
    },
  }),
  namespaced('Job with labels and an index', ['batch/v1', 'Job', 'jobs'], {
    spec: {
      completions: 3,
      parallelism: 2,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 1,
      template: {
        metadata: { labels: { app: 'a' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] },
      },
    },
  }),
  namespaced('CronJob', ['batch/v1', 'CronJob', 'cronjobs'], {
    spec: {
      schedule: '*/5 * * * *',
      jobTemplate: {
        spec: {
          template: {
            spec: { restartPolicy: 'OnFailure', containers: [{ name: 'a', image: 'a' }] },
          },
        },
      },
    },
  }),
  namespaced('Pod', ['v1', 'Pod', 'pods'], {
    spec: {
      containers: [{ name: 'a', image: 'a', resources: { limits: { cpu: 1, memory: '1Gi' } } }],
    },
  }),
];

function workload(spec: Fields, pod: Fields = {}): Fields {
  return {
    selector: { matchLabels: { app: 'a' } },
    template: {
      metadata: { labels: { app: 'a' }, annotations: {} },
      spec: { containers: [{ name: 'app', image: 'registry.example:5000/app:1.2' }], ...pod },
    },
    ...spec,
  };
}
