import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CONSTANT_DEFAULTS,
  DERIVED_DEFAULTS,
} from '../../../../src/source/manifest/field-defaults.ts';
import { BUILTIN_TYPES } from '../../../../src/source/manifest/builtin-types.ts';
import { findFieldRule } from '../../../../src/source/manifest/field-rules.ts';
import { SERVER_SET_FIELDS } from '../../../../src/source/manifest/server-set-fields.ts';

const NOWHERE = { declared: [], object: {}, keys: [] };

test('findFieldRule() joins the default of a field with what the server does', () => {
  const policy = findFieldRule('core/v1.Container', 'imagePullPolicy');
  assert.equal(policy?.isServerSet?.('Always', NOWHERE), true);
  assert.equal(policy?.isServerSet?.('Never', NOWHERE), false);
  const image = (text: string) => policy?.fill?.({ ...NOWHERE, declared: [{ image: text }] });
  assert.equal(image('nginx'), 'Always');
  assert.equal(image('host:5000/nginx'), 'Always');
  assert.equal(image('host:5000/nginx:latest'), 'Always');
  assert.equal(image('nginx:1.2'), 'IfNotPresent');
  assert.equal(image('nginx@sha256:00'), 'IfNotPresent');
  assert.equal(findFieldRule('core/v1.Probe', 'periodSeconds')?.fill?.(NOWHERE), 10);
  assert.equal(findFieldRule('core/v1.Container', 'image'), undefined);
});

test('every rule names a field that exists', () => {
  const fields = new Set(
    BUILTIN_TYPES.trim()
      .split('\n')
      .flatMap((line) => {
        const [type = '', ...rest] = line.split(' ');
        return rest.map((field) => `${type}.${field.slice(0, field.indexOf(':'))}`);
      }),
  );
  const named = [
    ...Object.keys(SERVER_SET_FIELDS),
    ...Object.keys(DERIVED_DEFAULTS),
    ...Object.entries(CONSTANT_DEFAULTS).flatMap(([type, values]) =>
      Object.keys(values).map((field) => `${type}.${field}`),
    ),
  ];
  assert.deepEqual(
    named.filter((name) => !fields.has(name)),
    [],
  );
});

function fill(type: string, field: string, question: Question) {
  return findFieldRule(type, field)?.fill?.(asContext(question));
}

for (const [type, field, declared, value] of [
  ['core/v1.ServiceSpec', 'allocateLoadBalancerNodePorts', { type: 'LoadBalancer' }, true],
  ['core/v1.ServiceSpec', 'allocateLoadBalancerNodePorts', {}, undefined],
  ['core/v1.ServiceSpec', 'externalTrafficPolicy', { type: 'NodePort' }, 'Cluster'],
  ['core/v1.ServiceSpec', 'externalTrafficPolicy', { externalIPs: ['192.0.2.1'] }, 'Cluster'],
  ['core/v1.ServiceSpec', 'externalTrafficPolicy', { type: 'ExternalName' }, undefined],
  ['core/v1.ServiceSpec', 'internalTrafficPolicy', { type: 'ExternalName' }, undefined],
  ['core/v1.ServiceSpec', 'internalTrafficPolicy', {}, 'Cluster'],
  [
    'core/v1.ServiceSpec',
    'sessionAffinityConfig',
    { sessionAffinity: 'ClientIP' },
    { clientIP: {} },
  ],
  ['core/v1.ServiceSpec', 'sessionAffinityConfig', {}, undefined],
  ['core/v1.SessionAffinityConfig', 'clientIP', {}, {}],
  ['core/v1.ServicePort', 'targetPort', { port: 80 }, 80],
  ['core/v1.Volume', 'emptyDir', { name: 'a' }, {}],
  ['core/v1.Volume', 'emptyDir', { name: 'a', hostPath: {} }, undefined],
  ['core/v1.ContainerPort', 'hostPort', { hostNetwork: true, containerPort: 80 }, 80],
  ['core/v1.ContainerPort', 'hostPort', { containerPort: 80 }, undefined],
  ['core/v1.PodSpec', 'serviceAccount', { serviceAccountName: 'a' }, 'a'],
  ['core/v1.PodSpec', 'serviceAccountName', { serviceAccount: 'a' }, 'a'],
  [
    'core/v1.PersistentVolumeClaimSpec',
    'dataSource',
    { dataSourceRef: { name: 'a' } },
    { name: 'a' },
  ],
  [
    'core/v1.PersistentVolumeClaimSpec',
    'dataSourceRef',
    { dataSource: { name: 'a' } },
    { name: 'a' },
  ],
  ['core/v1.LimitRangeItem', 'default', { type: 'Container', max: { cpu: '1' } }, { cpu: '1' }],
  ['core/v1.LimitRangeItem', 'default', { type: 'Pod', max: { cpu: '1' } }, undefined],
  [
    'core/v1.LimitRangeItem',
    'defaultRequest',
    { type: 'Container', min: { cpu: '1' } },
    { cpu: '1' },
  ],
  ['core/v1.LimitRangeItem', 'defaultRequest', { type: 'Pod' }, undefined],
  [
    'core/v1.ReplicationControllerSpec',
    'selector',
    { template: { metadata: { labels: { a: 'x' } } } },
    { a: 'x' },
  ],
  ['apps/v1.DeploymentStrategy', 'rollingUpdate', {}, {}],
  ['apps/v1.DeploymentStrategy', 'rollingUpdate', { type: 'Recreate' }, undefined],
  ['autoscaling/v2.HPAScalingRules', 'selectPolicy', {}, 'Max'],
  ['autoscaling/v2.HorizontalPodAutoscalerBehavior', 'scaleUp', {}, {}],
  ['autoscaling/v2.HorizontalPodAutoscalerBehavior', 'scaleDown', {}, {}],
  ['batch/v1.JobSpec', 'backoffLimit', {}, 6],
  ['batch/v1.JobSpec', 'backoffLimit', { backoffLimitPerIndex: 1 }, 2_147_483_647],
  ['batch/v1.JobSpec', 'completions', {}, 1],
  ['batch/v1.JobSpec', 'completions', { parallelism: 2 }, undefined],
  ['batch/v1.JobSpec', 'podReplacementPolicy', {}, 'TerminatingOrFailed'],
  ['batch/v1.JobSpec', 'podReplacementPolicy', { podFailurePolicy: {} }, 'Failed'],
  ['networking/v1.NetworkPolicySpec', 'policyTypes', {}, ['Ingress']],
  ['networking/v1.NetworkPolicySpec', 'policyTypes', { egress: [{}] }, ['Ingress', 'Egress']],
  ['rbac/v1.Subject', 'apiGroup', { kind: 'User' }, 'rbac.authorization.k8s.io'],
  ['rbac/v1.Subject', 'apiGroup', { kind: 'ServiceAccount' }, undefined],
  ['apiextensions/v1.CustomResourceDefinitionNames', 'listKind', { kind: 'Widget' }, 'WidgetList'],
  ['apiextensions/v1.CustomResourceDefinitionNames', 'singular', { kind: 'Widget' }, 'widget'],
] as const) {
  test(`${type}.${field} of ${JSON.stringify(declared)} is ${JSON.stringify(value)}`, () => {
    assert.deepEqual(fill(type, field, { declared: [declared] }), value);
  });
}

test('rules of scaling have defaults of their own in each direction', () => {
  const rules = 'autoscaling/v2.HPAScalingRules';
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
  const pods = { type: 'Pods', value: 4, periodSeconds: 15 };
  assert.deepEqual(fill(rules, 'policies', { keys: ['scaleUp', 'policies'] }), [pods, percent]);
  assert.deepEqual(fill(rules, 'policies', { keys: ['scaleDown', 'policies'] }), [percent]);
  assert.equal(fill(rules, 'stabilizationWindowSeconds', { keys: ['scaleUp', 'x'] }), 0);
  assert.equal(fill(rules, 'stabilizationWindowSeconds', { keys: ['scaleDown', 'x'] }), undefined);
});

interface Question {
  readonly declared?: readonly object[];
  readonly object?: object;
  readonly keys?: readonly string[];
}

function asContext({ declared = [], object = {}, keys = [] }: Question) {
  return { declared: declared.map((one) => ({ ...one })), object: { ...object }, keys };
}

function isSet(name: string, value: unknown, question: Question = {}) {
  return SERVER_SET_FIELDS[name]?.isServerSet?.(value, asContext(question));
}

function isMemberSet(name: string, [key, value]: readonly [string, unknown], question: Question) {
  return SERVER_SET_FIELDS[name]?.isMemberServerSet?.({ key, value }, asContext(question));
}

const POD = { apiVersion: 'v1', kind: 'Pod' };

test('what the server sets on metadata is bound to the kind and to its value', () => {
  const keys = ['metadata', 'x'];
  const annotations = 'meta/v1.ObjectMeta.annotations';
  const revision = 'deployment.kubernetes.io/revision';
  assert.ok(isMemberSet(annotations, [revision, '3'], { keys }));
  assert.ok(!isMemberSet(annotations, [revision, 'x'], { keys }));
  assert.ok(!isMemberSet(annotations, [revision, '3'], { keys: ['spec', 'template', 'metadata'] }));
  const ranged = ['kubernetes.io/limit-ranger', 'x'] as const;
  assert.ok(isMemberSet(annotations, ranged, { keys, declared: [POD] }));
  assert.ok(!isMemberSet(annotations, ranged, { keys, declared: [{ kind: 'Deployment' }] }));
  const labels = 'meta/v1.ObjectMeta.labels';
  const object = { metadata: { name: 'a', uid: 'u' } };
  const named = ['kubernetes.io/metadata.name', 'a'] as const;
  assert.ok(isMemberSet(labels, named, { keys, object, declared: [{ kind: 'Namespace' }] }));
  assert.ok(!isMemberSet(labels, named, { keys, object, declared: [{ kind: 'ConfigMap' }] }));
  const job = { kind: 'Job', spec: { template: { metadata: { labels: { app: 'x' } } } } };
  assert.ok(isMemberSet(labels, ['controller-uid', 'u'], { keys, object, declared: [job] }));
  assert.ok(!isMemberSet(labels, ['controller-uid', 'v'], { keys, object, declared: [job] }));
  assert.ok(isMemberSet(labels, ['app', 'x'], { keys, object, declared: [job] }));
  const labelled = { ...job, metadata: { labels: { a: 'b' } } };
  assert.ok(!isMemberSet(labels, ['app', 'x'], { keys, object, declared: [labelled] }));
  const finalizers = 'meta/v1.ObjectMeta.finalizers';
  const claim = { kind: 'PersistentVolumeClaim' };
  assert.ok(
    isMemberSet(finalizers, ['', 'kubernetes.io/pvc-protection'], { keys, declared: [claim] }),
  );
  const hook = { kind: 'Job', metadata: { annotations: { 'argocd.argoproj.io/hook': 'Sync' } } };
  const held = ['', 'argocd.argoproj.io/hook-finalizer'] as const;
  assert.ok(isMemberSet(finalizers, held, { keys, declared: [hook] }));
  assert.ok(!isMemberSet(finalizers, held, { keys, declared: [claim] }));
  assert.ok(!isMemberSet(finalizers, held, { keys: [], declared: [hook] }));
  const generated = { declared: [{}, { generateName: 'a-' }] };
  assert.ok(isSet('meta/v1.ObjectMeta.name', 'a-1', generated));
  assert.ok(!isSet('meta/v1.ObjectMeta.name', 'b-1', generated));
});

test('addresses, ports and classes are allocated where the manifest leaves them open', () => {
  assert.ok(
    isSet('core/v1.ServiceSpec.clusterIPs', ['10.0.0.1'], {
      declared: [{ clusterIP: '10.0.0.1' }],
    }),
  );
  assert.ok(
    !isSet('core/v1.ServiceSpec.clusterIPs', ['10.0.0.2'], {
      declared: [{ clusterIP: '10.0.0.1' }],
    }),
  );
  assert.ok(!isSet('core/v1.ServiceSpec.clusterIPs', 'text'));
  const balanced = { declared: [{ type: 'LoadBalancer' }, {}] };
  assert.ok(isSet('core/v1.ServicePort.nodePort', 30_000, balanced));
  assert.ok(!isSet('core/v1.ServicePort.nodePort', 30_000, { declared: [{}, {}] }));
  const balancer = { declared: [{ type: 'LoadBalancer' }] };
  assert.ok(isSet('core/v1.ServiceSpec.healthCheckNodePort', 30_000, balancer));
  const storage = 'core/v1.PersistentVolumeClaimSpec.storageClassName';
  assert.ok(isSet(storage, 'fast', { keys: ['spec', 'storageClassName'] }));
  assert.ok(!isSet(storage, 'fast', { keys: ['spec', 'volumeClaimTemplates', 'spec', 'x'] }));
  const range = { declared: [{ type: 'Container', max: { cpu: '1' } }] };
  assert.ok(isMemberSet('core/v1.LimitRangeItem.default', ['cpu', '1000m'], range));
  assert.ok(!isMemberSet('core/v1.LimitRangeItem.default', ['cpu', '2'], range));
  assert.ok(!isMemberSet('core/v1.LimitRangeItem.default', ['memory', '2'], range));
});

test('the selector of a Job is its own uid, unless the manifest manages it', () => {
  const object = { metadata: { uid: 'u' } };
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } };
  assert.ok(isSet('batch/v1.JobSpec.selector', selector, { object, declared: [{}] }));
  for (const [value, declared] of [
    [selector, { manualSelector: true }],
    [{ matchLabels: { app: 'other' } }, {}],
    [{ ...selector, matchExpressions: [] }, {}],
  ] as const) {
    assert.ok(!isSet('batch/v1.JobSpec.selector', value, { object, declared: [declared] }));
  }
});

test('admission plugins add to pods, and to nothing else', () => {
  const toleration = {
    key: 'node.kubernetes.io/not-ready',
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  };
  const token = { serviceAccountToken: { path: 'token' } };
  const root = { configMap: { name: 'kube-root-ca.crt' } };
  const volume = { name: 'kube-api-access-x', projected: { sources: [token, root] } };
  const mount = {
    name: 'kube-api-access-x',
    mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
    readOnly: true,
  };
  for (const [name, value, forged] of [
    ['core/v1.PodSpec.tolerations', toleration, { ...toleration, key: 'any' }],
    [
      'core/v1.PodSpec.volumes',
      volume,
      { ...volume, projected: { sources: [{ secret: { name: 's' } }] } },
    ],
    [
      'core/v1.PodSpec.volumes',
      volume,
      { ...volume, projected: { sources: [{ configMap: { name: 'c' } }] } },
    ],
    ['core/v1.Container.volumeMounts', mount, { ...mount, readOnly: false }],
  ] as const) {
    assert.ok(isMemberSet(name, ['', value], { declared: [POD] }), name);
    assert.ok(!isMemberSet(name, ['', forged], { declared: [POD] }), name);
    assert.ok(!isMemberSet(name, ['', value], { declared: [{ kind: 'Deployment' }] }), name);
  }
  assert.ok(isSet('core/v1.PodSpec.serviceAccountName', 'default', { declared: [POD] }));
  assert.ok(!isSet('core/v1.PodSpec.serviceAccountName', 'admin', { declared: [POD] }));
  const object = { metadata: { annotations: { 'kubernetes.io/limit-ranger': 'x' } } };
  const limits = 'core/v1.ResourceRequirements.limits';
  assert.ok(isMemberSet(limits, ['cpu', '1'], { declared: [POD], object }));
  assert.ok(!isMemberSet(limits, ['cpu', '1'], { declared: [POD] }));
  const requests = 'core/v1.ResourceRequirements.requests';
  const limited = [POD, { limits: { cpu: 1 } }];
  assert.ok(isMemberSet(requests, ['cpu', '1'], { declared: limited }));
  assert.ok(!isMemberSet(requests, ['cpu', '2'], { declared: limited }));
});
