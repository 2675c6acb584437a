/** What External Secrets Operator writes into objects that Git declares. Source: github.com/external-secrets/external-secrets v1.3.2. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of External Secrets Operator. */
export const EXTERNAL_SECRETS: OperatorPreset = {
  title: 'External Secrets Operator',
  source: 'github.com/external-secrets/external-secrets v1.3.2',
  namespace: 'external-secrets',
  notes:
    'Into a Secret that Git declares it writes only keys that Git does not (`creationPolicy: Merge`).',
  accounts: {
    controller: {
      serviceAccount: 'external-secrets',
      rules: [
        {
          why: 'It keeps an ExternalSecret until it has cleaned up.',
          readIn: 'pkg/controllers/externalsecret/externalsecret_controller.go',
          verbs: ['UPDATE'],
          groups: ['external-secrets.io'],
          resources: ['externalsecrets'],
          paths: [
            'metadata.finalizers[externalsecrets.external-secrets.io/externalsecret-cleanup]',
          ],
        },
        {
          why: 'It keeps a ClusterExternalSecret until it has cleaned up.',
          readIn: 'pkg/controllers/clusterexternalsecret/clusterexternalsecret_controller.go',
          verbs: ['UPDATE'],
          groups: ['external-secrets.io'],
          resources: ['clusterexternalsecrets'],
          paths: [
            'metadata.finalizers[externalsecrets.external-secrets.io/clusterexternalsecret-cleanup]',
          ],
        },
        {
          why: 'It keeps a namespace until its ExternalSecrets are gone.',
          readIn: 'pkg/controllers/clusterexternalsecret/clusterexternalsecret_controller.go',
          verbs: ['UPDATE'],
          groups: [''],
          resources: ['namespaces'],
          paths: ['metadata.finalizers[externalsecrets.external-secrets.io/ces-*]'],
        },
        {
          why: 'It keeps a PushSecret until what it pushed is gone.',
          readIn: 'pkg/controllers/pushsecret/pushsecret_controller.go',
          verbs: ['UPDATE'],
          groups: ['external-secrets.io'],
          resources: ['pushsecrets'],
          paths: ['metadata.finalizers[pushsecret.externalsecrets.io/finalizer]'],
        },
        {
          why: 'It keeps a store while a PushSecret needs it.',
          readIn: 'pkg/controllers/secretstore/common.go',
          verbs: ['UPDATE'],
          groups: ['external-secrets.io'],
          resources: ['clustersecretstores', 'secretstores'],
          paths: ['metadata.finalizers[secretstore.externalsecrets.io/finalizer]'],
        },
        {
          why: 'It merges keys into a Secret.',
          readIn: 'pkg/controllers/externalsecret/externalsecret_controller.go',
          verbs: ['UPDATE'],
          groups: [''],
          resources: ['secrets'],
          paths: [
            'data',
            'metadata.annotations["reconcile.external-secrets.io/*"]',
            'metadata.labels["reconcile.external-secrets.io/*"]',
          ],
          undeclared: true,
        },
      ],
    },
    'cert-controller': {
      serviceAccount: 'external-secrets-cert-controller',
      rules: [
        {
          why: 'It injects the authority of conversion webhooks.',
          readIn: 'pkg/controllers/crds/crds_controller.go',
          verbs: ['UPDATE'],
          groups: ['apiextensions.k8s.io'],
          resources: ['customresourcedefinitions'],
          paths: ['spec.conversion.webhook.clientConfig.caBundle'],
        },
        {
          why: 'It injects the authority of webhooks.',
          readIn: 'pkg/controllers/webhookconfig/webhookconfig.go',
          verbs: ['UPDATE'],
          groups: ['admissionregistration.k8s.io'],
          resources: ['validatingwebhookconfigurations'],
          paths: ['webhooks[*].clientConfig.caBundle'],
        },
      ],
    },
  },
};
