/** What Vertical Pod Autoscaler writes into objects that Git declares. Source: k8s.io/autoscaler/vertical-pod-autoscaler v1.8.1. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Vertical Pod Autoscaler. */
export const VERTICAL_POD_AUTOSCALER: OperatorPreset = {
  title: 'Vertical Pod Autoscaler',
  source: 'k8s.io/autoscaler/vertical-pod-autoscaler v1.8.1',
  namespace: 'kube-system',
  notes: 'It never writes into the workload.',
  accounts: {
    updater: {
      serviceAccount: 'vpa-updater',
      rules: [
        {
          why: 'It evicts pods whose requests changed.',
          readIn: 'deploy/vpa-rbac.yaml',
          verbs: ['CREATE'],
          groups: [''],
          resources: ['pods/eviction'],
        },
        {
          why: 'It resizes pods in place.',
          readIn: 'pkg/updater/restriction/pods_inplace_restriction.go',
          verbs: ['UPDATE'],
          groups: [''],
          resources: ['pods/resize'],
          paths: ['spec.containers[*].resources'],
        },
        {
          why: 'It notes that it has resized a pod.',
          readIn: 'pkg/utils/annotations/vpa_inplace_update.go',
          verbs: ['UPDATE'],
          groups: [''],
          resources: ['pods'],
          paths: ['metadata.annotations.vpaInPlaceUpdated'],
        },
      ],
    },
  },
};
