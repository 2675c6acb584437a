/** The settings section `drift`: what is followed to find what got past admission. */
import { z } from 'zod';
import { fixedLimit, limit, MINUTE, SECOND, type LimitRows } from '../settings/limit.ts';
import { section } from '../settings/value-schemas.ts';
import { healSchema } from './healing/settings.ts';

/** Rows of the table of limits. */
export const DRIFT_LIMITS = {
  'drift.objectsMax': {
    default: 100_000,
    minimum: 100,
    maximum: 1_000_000,
    unit: 'items',
    reason:
      'Each managed object takes some 500 bytes of memory; what it was lies on disk (docs/drift.md has the measurement)',
    overflow: 'Further managed objects are not compared; the log says so',
    metric: 'holdfast_drift_left_out_total',
  },
  'drift.openMax': {
    default: 10_000,
    minimum: 10,
    maximum: 100_000,
    unit: 'items',
    reason: 'More objects than this do not differ one by one: they have one cause',
    overflow: 'Further findings are not kept; they are found again by the next complete comparison',
    metric: 'holdfast_drift_left_out_total',
  },
  'drift.concurrentReadsMax': {
    default: 8,
    minimum: 1,
    maximum: 100,
    unit: 'items',
    reason: 'A thousand objects a second, without a noticeable load of the API server',
    overflow: 'Further objects wait',
    metric: 'holdfast_drift_pending',
  },
  'drift.settleMs': {
    default: 200,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'A decision is on disk before the write that it allows; only its reading takes time',
    overflow: 'A change without a decision is drift',
    metric: 'holdfast_drift_findings_total',
  },
  'drift.decisionsMax': fixedLimit(20_000, {
    unit: 'items',
    reason: 'Those of the last minutes; each takes less than a kilobyte of memory',
    overflow: 'The oldest is forgotten: what it allowed must have been seen by then',
    metric: 'holdfast_drift_findings_total',
  }),
  'drift.admissionValuesMax': fixedLimit(20_000, {
    unit: 'items',
    reason:
      'Ten times the values of the largest webhook configurations in use; each rule is compared with each managed kind and namespace',
    overflow: 'The object counts as about everything',
    metric: 'holdfast_drift_findings_total',
  }),
  'drift.leaseMs': fixedLimit(15 * SECOND, {
    unit: 'milliseconds',
    reason: 'As long as the leases of the control plane',
    overflow: 'Another replica takes the Lease and tells what is open',
    metric: 'holdfast_drift_leader',
  }),
} as const satisfies LimitRows;

/** What GitOps commonly applies. Pods and ReplicaSets are made by controllers; Secrets need a permission that we do not have. */
const DEFAULT_RESOURCES: readonly string[] = [
  'applications.argoproj.io',
  'applicationsets.argoproj.io',
  'appprojects.argoproj.io',
  'kustomizations.kustomize.toolkit.fluxcd.io',
  'helmreleases.helm.toolkit.fluxcd.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'namespaces',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'serviceaccounts',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'cronjobs.batch',
  'services',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'persistentvolumeclaims',
  'poddisruptionbudgets.policy',
  'horizontalpodautoscalers.autoscaling',
  'scaledobjects.keda.sh',
  'configmaps',
];

/**
 * Field managers of controllers that add what no manifest declares. Sources: k8s.io/kubernetes cmd (user agents of the control
 * plane), pkg/controller/clusterroleaggregation, cert-manager pkg/util/constants.go, fluxcd main.go (`gotk-*`: finalizers).
 */
const DEFAULT_CONTROLLERS: readonly string[] = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'cloud-controller-manager',
  'clusterrole-aggregation-controller',
  'cert-manager-cainjector',
  'gotk-helm-controller',
  'gotk-kustomize-controller',
  'gotk-source-controller',
];

const resourceSchema = z
  .string()
  .max(253)
  .regex(
    /^[a-z][a-z0-9-]*(?:\.[a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$/u,
    'Expected a resource in lower case and plural, with its group, as in "deployments.apps"',
  );

const mutatorSchema = section({
  name: z.string().min(1).max(253).describe('The name of the object.'),
  service: z
    .string()
    .max(127)
    .regex(
      /^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/u,
      'Expected the namespace and the name of a Service, as in "istio-system/istiod"',
    )
    .optional()
    .describe(
      'The Service that all of its webhooks ask. A webhook configuration needs this or `url`; policies and bindings have neither.',
    ),
  url: z
    .url({ protocol: /^https$/u })
    .optional()
    .describe('The URL that all of its webhooks ask.'),
}).refine(({ service, url }) => service === undefined || url === undefined, {
  error: 'Expected either service or url',
  path: ['url'],
});

/** What is followed to find what got past admission. */
export const driftSchema = section({
  resources: z
    .array(resourceSchema)
    .min(1)
    .max(200)
    .readonly()
    .default(DEFAULT_RESOURCES)
    .describe(
      'The resources that are followed, as kubectl writes them; what the API server does not serve is left out. Each needs the verbs get, list and watch.',
    ),
  controllers: z
    .array(z.string().min(1).max(128))
    .max(100)
    .readonly()
    .default(DEFAULT_CONTROLLERS)
    .describe(
      'Field managers of controllers that may add what Git does not declare, also where no decision was recorded. What Git declares they may not change, but for replicas.',
    ),
  mutators: z
    .array(mutatorSchema)
    .max(100)
    .readonly()
    .default([])
    .describe(
      'Mutating webhooks and admission policies of the products in use: they are no incident where they are new, and their own field managers may change them.',
    ),
  objectsMax: limit(DRIFT_LIMITS['drift.objectsMax']),
  openMax: limit(DRIFT_LIMITS['drift.openMax']),
  concurrentReadsMax: limit(DRIFT_LIMITS['drift.concurrentReadsMax']),
  settleMs: limit(DRIFT_LIMITS['drift.settleMs']),
  heal: healSchema
    .optional()
    .describe('Which drift is put right. Absent: none; it is found and recorded all the same.'),
});

export type DriftSettings = z.output<typeof driftSchema>;
