/** What Cilium writes into objects that Git declares. Source: github.com/cilium/cilium v1.20.2. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Cilium. */
export const CILIUM: OperatorPreset = {
  title: 'Cilium',
  source: 'github.com/cilium/cilium v1.20.2',
  namespace: 'kube-system',
  notes: 'What it reports as the status of its own kinds passes without an entry.',
  accounts: {
    operator: {
      serviceAccount: 'cilium-operator',
      rules: [
        {
          why: 'It gives Services of type LoadBalancer their addresses.',
          readIn: 'install/kubernetes/cilium/templates/cilium-operator/clusterrole.yaml',
          verbs: ['UPDATE'],
          groups: [''],
          resources: ['services/status'],
          paths: ['status.conditions', 'status.loadBalancer'],
        },
        {
          why: 'It gives Ingresses their addresses.',
          readIn: 'install/kubernetes/cilium/templates/cilium-operator/clusterrole.yaml',
          verbs: ['UPDATE'],
          groups: ['networking.k8s.io'],
          resources: ['ingresses/status'],
          paths: ['status.loadBalancer'],
        },
      ],
    },
  },
};
