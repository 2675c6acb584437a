/** The kind by which a project is recognized whose account has another name than its preset knows. */
import type { OperatorPresetName } from '../../identity/presets/operator-presets.ts';

/** As kubectl writes it; `undefined` where the project has no kinds of its own. */
export const PRESET_SIGNS: Readonly<Record<OperatorPresetName, string | undefined>> = {
  'argo-rollouts': 'rollouts.argoproj.io',
  'aws-load-balancer-controller': 'targetgroupbindings.elbv2.k8s.aws',
  'cert-manager': 'certificates.cert-manager.io',
  cilium: 'ciliumnetworkpolicies.cilium.io',
  'cluster-api': 'clusters.cluster.x-k8s.io',
  crossplane: 'compositeresourcedefinitions.apiextensions.crossplane.io',
  'external-secrets': 'externalsecrets.external-secrets.io',
  istio: 'virtualservices.networking.istio.io',
  karpenter: 'nodepools.karpenter.sh',
  keda: 'scaledobjects.keda.sh',
  knative: 'services.serving.knative.dev',
  'prometheus-operator': 'prometheuses.monitoring.coreos.com',
  reloader: undefined,
  'sealed-secrets': 'sealedsecrets.bitnami.com',
  velero: 'backups.velero.io',
  'vertical-pod-autoscaler': 'verticalpodautoscalers.autoscaling.k8s.io',
};
