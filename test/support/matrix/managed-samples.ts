/** A minimal valid object of each kind that can be stored, and the change that would do harm. */
import { EXTENSION_SAMPLES } from './extension-samples.ts';
import { SAMPLE_NAME } from './managed-sample.ts';
import type { ManagedSample } from './managed-sample.ts';
import { CERTIFICATE_REQUEST } from '../registration/attempt.ts';

/** What the sample pod asks for. */
export const SMALL_RESOURCES = { requests: { cpu: '10m' } };

const LABELS = { app: 'matrix' };
const CONTAINER = { name: 'app', image: 'registry.local/app:1' };
const EVIL = [{ ...CONTAINER, image: 'registry.local/evil:1' }];
const SELECTOR = { matchLabels: LABELS };
const TEMPLATE = { metadata: { labels: LABELS }, spec: { containers: [CONTAINER] } };
const JOB_TEMPLATE = {
  metadata: { labels: LABELS },
  spec: { restartPolicy: 'Never', containers: [CONTAINER] },
};
const WORKLOAD_CHANGE = { spec: { template: { spec: { containers: EVIL } } } };
const RBAC = 'rbac.authorization.k8s.io';
const EVERYTHING = { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] };
const ROLE_REF = { apiGroup: RBAC, kind: 'ClusterRole', name: 'view' };
const SUBJECTS = [{ kind: 'User', apiGroup: RBAC, name: 'carol' }];
const NEW_SUBJECTS = { subjects: [{ kind: 'User', apiGroup: RBAC, name: 'mallory' }] };
const LOAD_BALANCER = { loadBalancer: { ingress: [{ ip: '192.0.2.66' }] } };
const DEVICE_REQUEST = {
  devices: { requests: [{ name: 'one', exactly: { deviceClassName: SAMPLE_NAME } }] },
};
function volume(path: string): Readonly<Record<string, unknown>> {
  return {
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      // Another class than the claim's: they must not be bound to each other.
      storageClassName: 'other',
      hostPath: { path },
    },
  };
}

const CORE: Readonly<Record<string, ManagedSample>> = {
  configmaps: { content: { data: { a: 'b' } }, change: { data: { a: 'c' } } },
  endpoints: {
    content: { subsets: [{ addresses: [{ ip: '192.0.2.5' }], ports: [{ port: 80 }] }] },
    change: { subsets: [{ addresses: [{ ip: '192.0.2.66' }], ports: [{ port: 80 }] }] },
  },
  events: { content: { involvedObject: { namespace: 'shop' } } },
  limitranges: { content: { spec: { limits: [] } } },
  namespaces: {
    content: {},
    status: { conditions: [{ type: 'NamespaceContentRemaining', status: 'True' }] },
  },
  nodes: {
    content: {},
    change: { spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } },
    status: { conditions: [{ type: 'Ready', status: 'False' }] },
  },
  persistentvolumeclaims: {
    content: {
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'none',
        resources: { requests: { storage: '1Gi' } },
      },
    },
    change: { spec: { volumeName: 'stolen' } },
    status: { phase: 'Lost' },
  },
  persistentvolumes: {
    content: volume('/data'),
    change: { spec: { persistentVolumeReclaimPolicy: 'Delete' } },
    status: { phase: 'Released' },
  },
  pods: {
    content: {
      spec: { nodeName: 'worker-1', containers: [{ ...CONTAINER, resources: SMALL_RESOURCES }] },
    },
    change: {
      spec: {
        containers: [{ ...CONTAINER, image: 'registry.local/evil:1', resources: SMALL_RESOURCES }],
      },
    },
    status: { phase: 'Failed' },
  },
  podtemplates: {
    content: { template: TEMPLATE },
    change: { template: { spec: { containers: EVIL } } },
  },
  replicationcontrollers: {
    content: { spec: { replicas: 0, selector: LABELS, template: TEMPLATE } },
    change: WORKLOAD_CHANGE,
    status: { replicas: 7 },
  },
  resourcequotas: {
    content: { spec: { hard: { 'count/nothings.example.net': '5' } } },
    change: { spec: { hard: { 'count/nothings.example.net': '0' } } },
    status: { hard: { 'count/nothings.example.net': '0' } },
  },
  secrets: { content: { stringData: { a: 'b' } }, change: { stringData: { a: 'c' } } },
  serviceaccounts: { content: {}, change: { automountServiceAccountToken: true } },
  services: {
    content: { spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } },
    change: { spec: { selector: { app: 'evil' } } },
    status: LOAD_BALANCER,
  },
};

const WORKLOADS: Readonly<Record<string, ManagedSample>> = {
  'controllerrevisions.apps': { content: { revision: 1, data: { a: 1 } }, change: { revision: 2 } },
  'daemonsets.apps': {
    content: {
      spec: {
        selector: SELECTOR,
        template: { ...TEMPLATE, spec: { ...TEMPLATE.spec, nodeSelector: { none: 'x' } } },
      },
    },
    change: WORKLOAD_CHANGE,
    status: { numberReady: 7 },
  },
  'deployments.apps': {
    content: { spec: { replicas: 0, selector: SELECTOR, template: TEMPLATE } },
    change: WORKLOAD_CHANGE,
    status: { replicas: 7 },
  },
  'replicasets.apps': {
    content: { spec: { replicas: 0, selector: SELECTOR, template: TEMPLATE } },
    change: WORKLOAD_CHANGE,
    status: { replicas: 7 },
  },
  'statefulsets.apps': {
    content: {
      spec: { replicas: 0, serviceName: SAMPLE_NAME, selector: SELECTOR, template: TEMPLATE },
    },
    change: WORKLOAD_CHANGE,
    status: { replicas: 7 },
  },
  'horizontalpodautoscalers.autoscaling': {
    content: {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nothing' },
        maxReplicas: 3,
      },
    },
    change: { spec: { maxReplicas: 9 } },
    status: { desiredReplicas: 7, currentReplicas: 7 },
  },
  'cronjobs.batch': {
    content: {
      spec: {
        schedule: '@yearly',
        suspend: true,
        jobTemplate: { spec: { template: JOB_TEMPLATE } },
      },
    },
    change: { spec: { jobTemplate: WORKLOAD_CHANGE } },
    status: { lastScheduleTime: '2025-01-01T00:00:00Z' },
  },
  'jobs.batch': {
    content: { spec: { suspend: true, template: JOB_TEMPLATE } },
    change: { spec: { suspend: false } },
    status: { terminating: 1 },
  },
  'poddisruptionbudgets.policy': {
    content: { spec: { minAvailable: 1, selector: { matchLabels: { app: 'none' } } } },
    change: { spec: { minAvailable: 0 } },
    status: { disruptionsAllowed: 7, currentHealthy: 7, desiredHealthy: 1, expectedPods: 7 },
  },
  'priorityclasses.scheduling.k8s.io': { content: { value: 5 }, change: { description: 'evil' } },
  'runtimeclasses.node.k8s.io': { content: { handler: 'runc' } },
};

const NETWORK: Readonly<Record<string, ManagedSample>> = {
  'endpointslices.discovery.k8s.io': {
    content: {
      addressType: 'IPv4',
      endpoints: [{ addresses: ['192.0.2.5'] }],
      ports: [{ port: 80 }],
    },
    change: { endpoints: [{ addresses: ['192.0.2.66'] }] },
  },
  'ingresses.networking.k8s.io': {
    content: { spec: { defaultBackend: { service: { name: 'matrix', port: { number: 80 } } } } },
    change: { spec: { defaultBackend: { service: { name: 'evil' } } } },
    status: LOAD_BALANCER,
  },
  'ingressclasses.networking.k8s.io': { content: { spec: { controller: 'example.com/a' } } },
  'ipaddresses.networking.k8s.io': {
    name: '10.0.0.77',
    forgedName: '10.0.0.78',
    content: { spec: { parentRef: { resource: 'services', namespace: 'shop', name: 'x' } } },
  },
  'networkpolicies.networking.k8s.io': {
    content: { spec: { podSelector: {}, policyTypes: ['Ingress'] } },
    change: { spec: { ingress: [{}] } },
  },
  'servicecidrs.networking.k8s.io': {
    content: { spec: { cidrs: ['10.77.0.0/24'] } },
    forgedContent: { spec: { cidrs: ['10.78.0.0/24'] } },
  },
};

const ACCESS: Readonly<Record<string, ManagedSample>> = {
  [`clusterroles.${RBAC}`]: { content: { rules: [] }, change: EVERYTHING },
  [`roles.${RBAC}`]: { content: { rules: [] }, change: EVERYTHING },
  [`clusterrolebindings.${RBAC}`]: {
    content: { roleRef: ROLE_REF, subjects: SUBJECTS },
    change: NEW_SUBJECTS,
  },
  [`rolebindings.${RBAC}`]: {
    content: { roleRef: ROLE_REF, subjects: SUBJECTS },
    change: NEW_SUBJECTS,
  },
  'certificatesigningrequests.certificates.k8s.io': {
    content: {
      spec: {
        signerName: 'example.com/signer',
        request: Buffer.from(
          `-----BEGIN CERTIFICATE REQUEST-----\n${CERTIFICATE_REQUEST}\n-----END CERTIFICATE REQUEST-----\n`,
        ).toString('base64'),
        usages: ['client auth'],
      },
    },
    status: {
      conditions: [{ type: 'Failed', status: 'True', reason: 'Matrix', message: 'No' }],
    },
  },
};

const STORAGE: Readonly<Record<string, ManagedSample>> = {
  'csidrivers.storage.k8s.io': { content: { spec: {} } },
  'csinodes.storage.k8s.io': { content: { spec: { drivers: [] } } },
  'csistoragecapacities.storage.k8s.io': {
    content: { storageClassName: 'none' },
    change: { capacity: '9Gi' },
  },
  'storageclasses.storage.k8s.io': {
    content: { provisioner: 'example.com/disk' },
    change: { allowVolumeExpansion: true },
  },
  'volumeattachments.storage.k8s.io': {
    content: {
      spec: {
        attacher: 'example.com',
        nodeName: 'worker-1',
        source: { persistentVolumeName: 'nothing' },
      },
    },
    status: { attached: true },
  },
  'volumeattributesclasses.storage.k8s.io': {
    content: { driverName: 'example.com', parameters: { speed: 'low' } },
  },
  'deviceclasses.resource.k8s.io': { content: { spec: {} } },
  'resourceclaims.resource.k8s.io': {
    content: { spec: DEVICE_REQUEST },
    status: { reservedFor: [] },
  },
  'resourceclaimtemplates.resource.k8s.io': { content: { spec: { spec: DEVICE_REQUEST } } },
  'resourceslices.resource.k8s.io': {
    content: {
      spec: {
        driver: 'example.com',
        nodeName: 'worker-1',
        pool: { name: 'a', generation: 1, resourceSliceCount: 1 },
        devices: [],
      },
    },
  },
};

/** By `resource.group`. */
export const MANAGED_SAMPLES: ReadonlyMap<string, ManagedSample> = new Map(
  [CORE, WORKLOADS, NETWORK, ACCESS, STORAGE, EXTENSION_SAMPLES].flatMap((samples) =>
    Object.entries(samples),
  ),
);
