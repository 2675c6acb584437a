/** What Istio writes into objects that Git declares. Source: istio.io/istio v0.0.0-20260827124520-eed52ebb66ad. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Istio. */
export const ISTIO: OperatorPreset = {
  title: 'Istio',
  source: 'istio.io/istio v0.0.0-20260827124520-eed52ebb66ad',
  namespace: 'istio-system',
  notes:
    'What it reports as status passes without an entry. Sidecars are injected into pods, which Git does not declare.',
  accounts: {
    istiod: {
      serviceAccount: 'istiod',
      rules: [
        {
          why: 'It injects the authority of webhooks.',
          readIn: 'pkg/webhooks/webhookpatch.go',
          verbs: ['UPDATE'],
          groups: ['admissionregistration.k8s.io'],
          resources: ['mutatingwebhookconfigurations'],
          paths: ['webhooks[*].clientConfig.caBundle'],
        },
        {
          why: 'It injects the authority of its validation, and makes it strict once it answers.',
          readIn: 'pkg/webhooks/validation/controller/controller.go',
          verbs: ['UPDATE'],
          groups: ['admissionregistration.k8s.io'],
          resources: ['validatingwebhookconfigurations'],
          paths: ['webhooks[*].clientConfig.caBundle', 'webhooks[*].failurePolicy'],
        },
      ],
    },
  },
};
