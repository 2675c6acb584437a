/** What Prometheus Operator writes into objects that Git declares. Source: github.com/prometheus-operator/prometheus-operator v0.85.0. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Prometheus Operator. */
export const PROMETHEUS_OPERATOR: OperatorPreset = {
  title: 'Prometheus Operator',
  source: 'github.com/prometheus-operator/prometheus-operator v0.85.0',
  namespace: 'monitoring',
  notes: 'StatefulSets, Secrets and Services of its own making are not declared by Git.',
  accounts: {
    operator: {
      serviceAccount: 'prometheus-operator',
      rules: [
        {
          why: 'It keeps a Prometheus until it has cleaned up statuses.',
          readIn: 'pkg/operator/finalizer.go, pkg/prometheus/server/operator.go',
          verbs: ['UPDATE'],
          groups: ['monitoring.coreos.com'],
          resources: ['prometheuses'],
          paths: ['metadata.finalizers[monitoring.coreos.com/status-cleanup]'],
        },
      ],
    },
  },
};
