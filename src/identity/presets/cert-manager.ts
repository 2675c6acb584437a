/** What cert-manager writes into objects that Git declares. Source: github.com/cert-manager/cert-manager v1.21.2. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of cert-manager. */
export const CERT_MANAGER: OperatorPreset = {
  title: 'cert-manager',
  source: 'github.com/cert-manager/cert-manager v1.21.2',
  namespace: 'cert-manager',
  notes:
    'Not covered: `acme.cert-manager.io/http01-edit-in-place`, which adds rules to an Ingress.',
  accounts: {
    cainjector: {
      serviceAccount: 'cert-manager-cainjector',
      rules: [
        {
          why: 'It injects the authority of conversion webhooks.',
          readIn: 'pkg/controller/cainjector/injectables.go',
          verbs: ['UPDATE'],
          groups: ['apiextensions.k8s.io'],
          resources: ['customresourcedefinitions'],
          paths: ['spec.conversion.webhook.clientConfig.caBundle'],
        },
        {
          why: 'It injects the authority of aggregated APIs.',
          readIn: 'pkg/controller/cainjector/injectables.go',
          verbs: ['UPDATE'],
          groups: ['apiregistration.k8s.io'],
          resources: ['apiservices'],
          paths: ['spec.caBundle'],
        },
        {
          why: 'It injects the authority of webhooks.',
          readIn: 'pkg/controller/cainjector/injectables.go',
          verbs: ['UPDATE'],
          groups: ['admissionregistration.k8s.io'],
          resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
          paths: ['webhooks[*].clientConfig.caBundle'],
        },
      ],
    },
  },
};
