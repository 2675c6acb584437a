/**
 * Writes of the operators that have presets, as their code makes them: what stood there before, and what they send. Each was read in
 * the file that the rule of the preset names.
 */
import type { OperatorPresetName } from '../../../src/identity/presets/operator-presets.ts';

export interface PresetRequest {
  readonly part: string;
  readonly verb: 'CREATE' | 'UPDATE';
  readonly group: string;
  /** With the subresource: `pods/resize`. */
  readonly resource: string;
  readonly kind: string;
  /** Members of the object before the write; of `metadata` too. */
  readonly before?: Readonly<Record<string, unknown>>;
  /** Members after it, each instead of the one before. */
  readonly after: Readonly<Record<string, unknown>>;
  /** It harms nothing that Git declares, and passes without an entry, too. */
  readonly free?: boolean;
  /** A restore, which passes only where the cluster says that the application lists it. */
  readonly restores?: boolean;
}

type Shape = readonly [group: string, resource: string, kind: string];

/** `change` is what stood there, and what is sent. */
function update(
  part: string,
  [group, resource, kind]: Shape,
  change: readonly [before: object, after: object],
): PresetRequest {
  const [before, after] = change;
  return {
    part,
    verb: 'UPDATE',
    group,
    resource,
    kind,
    before: { ...before },
    after: { ...after },
  };
}

/** Adds a finalizer. */
function keeps(part: string, shape: Shape, finalizer: string): PresetRequest {
  return update(part, shape, [{}, { metadata: { finalizers: [finalizer] } }]);
}

/** Writes an annotation. */
function notes(part: string, shape: Shape, key: string): PresetRequest {
  return update(part, shape, [{}, { metadata: { annotations: { [key]: 'noted' } } }]);
}

/** Injects an authority into webhooks. */
function injectsWebhook(part: string, resource: string, kind: string): PresetRequest {
  const webhook = {
    name: 'a.example.com',
    sideEffects: 'None',
    clientConfig: { url: 'https://a' },
  };
  return update(
    part,
    ['admissionregistration.k8s.io', resource, kind],
    [
      { webhooks: [webhook] },
      { webhooks: [{ ...webhook, clientConfig: { ...webhook.clientConfig, caBundle: 'Y2E=' } }] },
    ],
  );
}

function injectsConversion(part: string): PresetRequest {
  const spec = (clientConfig: object) => ({
    spec: { conversion: { strategy: 'Webhook', webhook: { clientConfig } } },
  });
  return update(
    part,
    ['apiextensions.k8s.io', 'customresourcedefinitions', 'CustomResourceDefinition'],
    [spec({ url: 'https://a' }), spec({ url: 'https://a', caBundle: 'Y2E=' })],
  );
}

const SERVICES: Shape = ['', 'services', 'Service'];
const INGRESSES: Shape = ['networking.k8s.io', 'ingresses', 'Ingress'];
const MUTATING = ['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'] as const;
const VALIDATING = ['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'] as const;

function weights(of: string, first: number) {
  const destination = (host: string, weight: number) => ({ destination: { host }, weight });
  const route = [destination('stable', 100 - first), destination('canary', first)];
  return { spec: { [of]: [{ name: 'primary', route }] } };
}

function deploymentWith(container: object, annotations = {}) {
  const spec = { containers: [{ name: 'app', image: 'a:1', ...container }] };
  return { spec: { template: { metadata: { annotations }, spec } } };
}

const NO_LOAD_BALANCER = { status: { loadBalancer: {} } };
const LOAD_BALANCER = { status: { loadBalancer: { ingress: [{ hostname: 'a.example.com' }] } } };
const CAPI = 'cluster.x-k8s.io';
const KNATIVE = 'serving.knative.dev';

export const PRESET_REQUESTS: Readonly<Record<OperatorPresetName, readonly PresetRequest[]>> = {
  'argo-rollouts': [
    update('controller', SERVICES, [
      { spec: { selector: { app: 'web', 'rollouts-pod-template-hash': 'a' } } },
      { spec: { selector: { app: 'web', 'rollouts-pod-template-hash': 'b' } } },
    ]),
    notes('controller', SERVICES, 'argo-rollouts.argoproj.io/managed-by-rollouts'),
    notes('controller', ['argoproj.io', 'rollouts', 'Rollout'], 'rollout.argoproj.io/revision'),
    ...['http', 'tls', 'tcp'].map((of) =>
      update(
        'controller',
        ['networking.istio.io', 'virtualservices', 'VirtualService'],
        [weights(of, 0), weights(of, 20)],
      ),
    ),
    update(
      'controller',
      ['networking.istio.io', 'destinationrules', 'DestinationRule'],
      [
        { spec: { subsets: [{ name: 'canary', labels: { app: 'web' } }] } },
        {
          spec: {
            subsets: [
              { name: 'canary', labels: { app: 'web', 'rollouts-pod-template-hash': 'b' } },
            ],
          },
        },
      ],
    ),
    notes('controller', INGRESSES, 'alb.ingress.kubernetes.io/actions.web'),
    update(
      'controller',
      ['traefik.io', 'traefikservices', 'TraefikService'],
      [
        { spec: { weighted: { services: [{ name: 'canary', weight: 0 }] } } },
        { spec: { weighted: { services: [{ name: 'canary', weight: 20 }] } } },
      ],
    ),
  ],
  'aws-load-balancer-controller': [
    keeps('controller', INGRESSES, 'ingress.k8s.aws/resources'),
    keeps('controller', INGRESSES, 'group.ingress.k8s.aws/shop'),
    keeps('controller', SERVICES, 'service.k8s.aws/resources'),
    keeps(
      'controller',
      ['elbv2.k8s.aws', 'targetgroupbindings', 'TargetGroupBinding'],
      'elbv2.k8s.aws/resources',
    ),
    {
      ...update(
        'controller',
        ['', 'pods/status', 'Pod'],
        [
          { status: {} },
          { status: { conditions: [{ type: 'target-health.elbv2.k8s.aws/a', status: 'True' }] } },
        ],
      ),
    },
  ],
  'cert-manager': [
    injectsConversion('cainjector'),
    update(
      'cainjector',
      ['apiregistration.k8s.io', 'apiservices', 'APIService'],
      [
        { spec: { group: 'a', service: { name: 'a', namespace: 'b' } } },
        { spec: { group: 'a', service: { name: 'a', namespace: 'b' }, caBundle: 'Y2E=' } },
      ],
    ),
    injectsWebhook('cainjector', ...MUTATING),
    injectsWebhook('cainjector', ...VALIDATING),
  ],
  cilium: [
    {
      ...update('operator', ['', 'services/status', 'Service'], [NO_LOAD_BALANCER, LOAD_BALANCER]),
      free: true,
    },
    {
      ...update(
        'operator',
        ['networking.k8s.io', 'ingresses/status', 'Ingress'],
        [NO_LOAD_BALANCER, LOAD_BALANCER],
      ),
      free: true,
    },
  ],
  'cluster-api': [
    keeps('core', [CAPI, 'clusters', 'Cluster'], 'cluster.cluster.x-k8s.io'),
    keeps('core', [CAPI, 'machines', 'Machine'], 'machine.cluster.x-k8s.io'),
    keeps('core', [CAPI, 'machinepools', 'MachinePool'], 'machinepool.cluster.x-k8s.io'),
    keeps(
      'core',
      [CAPI, 'machinedeployments', 'MachineDeployment'],
      'cluster.x-k8s.io/machinedeployment',
    ),
    keeps('core', [CAPI, 'machinesets', 'MachineSet'], 'cluster.x-k8s.io/machineset'),
    keeps(
      'core',
      ['addons.cluster.x-k8s.io', 'clusterresourcesets', 'ClusterResourceSet'],
      'addons.cluster.x-k8s.io',
    ),
    update(
      'core',
      ['infrastructure.cluster.x-k8s.io', 'awsclusters', 'AWSCluster'],
      [
        {},
        {
          metadata: {
            labels: { 'cluster.x-k8s.io/cluster-name': 'a' },
            ownerReferences: [
              { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', name: 'a', uid: 'c' },
            ],
          },
        },
      ],
    ),
    keeps(
      'control-plane',
      ['controlplane.cluster.x-k8s.io', 'kubeadmcontrolplanes', 'KubeadmControlPlane'],
      'kubeadm.controlplane.cluster.x-k8s.io',
    ),
  ],
  crossplane: [
    keeps(
      'core',
      [
        'apiextensions.crossplane.io',
        'compositeresourcedefinitions',
        'CompositeResourceDefinition',
      ],
      'defined.apiextensions.crossplane.io',
    ),
    keeps(
      'core',
      ['example.org', 'databases', 'Database'],
      'finalizer.apiextensions.crossplane.io',
    ),
    keeps(
      'core',
      ['example.org', 'xdatabases', 'XDatabase'],
      'composite.apiextensions.crossplane.io',
    ),
  ],
  'external-secrets': [
    keeps(
      'controller',
      ['external-secrets.io', 'externalsecrets', 'ExternalSecret'],
      'externalsecrets.external-secrets.io/externalsecret-cleanup',
    ),
    keeps(
      'controller',
      ['external-secrets.io', 'clusterexternalsecrets', 'ClusterExternalSecret'],
      'externalsecrets.external-secrets.io/clusterexternalsecret-cleanup',
    ),
    keeps(
      'controller',
      ['', 'namespaces', 'Namespace'],
      'externalsecrets.external-secrets.io/ces-shop',
    ),
    keeps(
      'controller',
      ['external-secrets.io', 'pushsecrets', 'PushSecret'],
      'pushsecret.externalsecrets.io/finalizer',
    ),
    keeps(
      'controller',
      ['external-secrets.io', 'secretstores', 'SecretStore'],
      'secretstore.externalsecrets.io/finalizer',
    ),
    update(
      'controller',
      ['', 'secrets', 'Secret'],
      [
        { data: { declared: 'YQ==' } },
        {
          data: { declared: 'YQ==', merged: 'Yg==' },
          metadata: {
            annotations: { 'reconcile.external-secrets.io/data-hash': 'a' },
            labels: { 'reconcile.external-secrets.io/managed': 'true' },
          },
        },
      ],
    ),
    injectsConversion('cert-controller'),
    injectsWebhook('cert-controller', ...VALIDATING),
  ],
  istio: [injectsWebhook('istiod', ...MUTATING), injectsWebhook('istiod', ...VALIDATING)],
  karpenter: [
    notes('controller', ['karpenter.sh', 'nodepools', 'NodePool'], 'karpenter.sh/nodepool-hash'),
    notes(
      'controller',
      ['karpenter.k8s.aws', 'ec2nodeclasses', 'EC2NodeClass'],
      'karpenter.k8s.aws/ec2nodeclass-hash',
    ),
    keeps(
      'controller',
      ['karpenter.k8s.aws', 'ec2nodeclasses', 'EC2NodeClass'],
      'karpenter.k8s.aws/termination',
    ),
  ],
  keda: [
    update(
      'operator',
      ['apps', 'deployments/scale', 'Scale'],
      [{ spec: { replicas: 1 } }, { spec: { replicas: 3 } }],
    ),
    keeps('operator', ['keda.sh', 'scaledobjects', 'ScaledObject'], 'finalizer.keda.sh'),
    keeps('operator', ['keda.sh', 'scaledjobs', 'ScaledJob'], 'finalizer.keda.sh'),
    keeps(
      'operator',
      ['eventing.keda.sh', 'cloudeventsources', 'CloudEventSource'],
      'finalizer.keda.sh',
    ),
  ],
  knative: [
    keeps('controller', [KNATIVE, 'services', 'Service'], 'services.serving.knative.dev'),
    keeps('controller', [KNATIVE, 'routes', 'Route'], 'routes.serving.knative.dev'),
    keeps(
      'controller',
      [KNATIVE, 'configurations', 'Configuration'],
      'configurations.serving.knative.dev',
    ),
    keeps(
      'controller',
      [KNATIVE, 'domainmappings', 'DomainMapping'],
      'domainmappings.serving.knative.dev',
    ),
    injectsWebhook('controller', ...MUTATING),
  ],
  'prometheus-operator': [
    keeps(
      'operator',
      ['monitoring.coreos.com', 'prometheuses', 'Prometheus'],
      'monitoring.coreos.com/status-cleanup',
    ),
  ],
  reloader: [
    ...(
      [
        ['daemonsets', 'DaemonSet'],
        ['deployments', 'Deployment'],
        ['statefulsets', 'StatefulSet'],
      ] as const
    ).map(([resource, kind]) =>
      update(
        'reloader',
        ['apps', resource, kind],
        [
          deploymentWith({}),
          deploymentWith({}, { 'reloader.stakater.com/last-reloaded-from': '{}' }),
        ],
      ),
    ),
    update(
      'reloader',
      ['apps', 'deployments', 'Deployment'],
      [
        deploymentWith({ env: [{ name: 'A', value: '1' }] }),
        deploymentWith({
          env: [
            { name: 'A', value: '1' },
            { name: 'STAKATER_SETTINGS_CONFIGMAP', value: 'hash' },
          ],
        }),
      ],
    ),
  ],
  'sealed-secrets': [
    update(
      'controller',
      ['', 'secrets', 'Secret'],
      [{ data: { declared: 'YQ==' } }, { data: { declared: 'YQ==', unsealed: 'Yg==' } }],
    ),
  ],
  velero: [
    {
      part: 'server',
      verb: 'CREATE',
      group: '',
      resource: 'configmaps',
      kind: 'ConfigMap',
      after: { data: { a: '1' } },
      restores: true,
    },
    update(
      'server',
      ['velero.io', 'schedules', 'Schedule'],
      [{ status: { phase: 'New' } }, { status: { phase: 'Enabled' } }],
    ),
  ],
  'vertical-pod-autoscaler': [
    {
      part: 'updater',
      verb: 'CREATE',
      group: '',
      resource: 'pods/eviction',
      kind: 'Eviction',
      after: {},
      free: true,
    },
    update(
      'updater',
      ['', 'pods/resize', 'Pod'],
      [
        {
          spec: {
            containers: [{ name: 'app', image: 'a:1', resources: { requests: { cpu: '1' } } }],
          },
        },
        {
          spec: {
            containers: [{ name: 'app', image: 'a:1', resources: { requests: { cpu: '2' } } }],
          },
        },
      ],
    ),
    notes('updater', ['', 'pods', 'Pod'], 'vpaInPlaceUpdated'),
  ],
};
