/** The presets of operators, by the name that the configuration gives. */
import { ARGO_ROLLOUTS } from './argo-rollouts.ts';
import { AWS_LOAD_BALANCER_CONTROLLER } from './aws-load-balancer-controller.ts';
import { CERT_MANAGER } from './cert-manager.ts';
import { CILIUM } from './cilium.ts';
import { CLUSTER_API } from './cluster-api.ts';
import { CROSSPLANE } from './crossplane.ts';
import { EXTERNAL_SECRETS } from './external-secrets.ts';
import { ISTIO } from './istio.ts';
import { KARPENTER } from './karpenter.ts';
import { KEDA } from './keda.ts';
import { KNATIVE } from './knative.ts';
import { PROMETHEUS_OPERATOR } from './prometheus-operator.ts';
import { RELOADER } from './reloader.ts';
import { SEALED_SECRETS } from './sealed-secrets.ts';
import { VELERO } from './velero.ts';
import { VERTICAL_POD_AUTOSCALER } from './vertical-pod-autoscaler.ts';
import type { OperatorPreset } from './operator-preset.ts';

/** By the name of the preset. */
export const OPERATOR_PRESETS = {
  'argo-rollouts': ARGO_ROLLOUTS,
  'aws-load-balancer-controller': AWS_LOAD_BALANCER_CONTROLLER,
  'cert-manager': CERT_MANAGER,
  cilium: CILIUM,
  'cluster-api': CLUSTER_API,
  crossplane: CROSSPLANE,
  'external-secrets': EXTERNAL_SECRETS,
  istio: ISTIO,
  karpenter: KARPENTER,
  keda: KEDA,
  knative: KNATIVE,
  'prometheus-operator': PROMETHEUS_OPERATOR,
  reloader: RELOADER,
  'sealed-secrets': SEALED_SECRETS,
  velero: VELERO,
  'vertical-pod-autoscaler': VERTICAL_POD_AUTOSCALER,
} as const satisfies Readonly<Record<string, OperatorPreset>>;

export type OperatorPresetName = keyof typeof OPERATOR_PRESETS;

/** Sorted. */
export const OPERATOR_PRESET_NAMES: readonly OperatorPresetName[] =
  Object.keys(OPERATOR_PRESETS).filter(isPresetName);

/** Whether there is a preset of this name. */
export function isPresetName(name: string): name is OperatorPresetName {
  return Object.hasOwn(OPERATOR_PRESETS, name);
}
