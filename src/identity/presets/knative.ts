/** What Knative Serving writes into objects that Git declares. Source: knative.dev/serving v0.51.0. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Knative Serving. */
export const KNATIVE: OperatorPreset = {
  title: 'Knative Serving',
  source: 'knative.dev/serving v0.51.0',
  namespace: 'knative-serving',
  notes: '',
  accounts: {
    controller: {
      serviceAccount: 'controller',
      rules: [
        {
          why: 'It keeps services until what they made is gone.',
          readIn: 'pkg/client/injection/reconciler/serving/v1/service/reconciler.go',
          verbs: ['UPDATE'],
          groups: ['serving.knative.dev'],
          resources: ['services'],
          paths: ['metadata.finalizers[services.serving.knative.dev]'],
        },
        {
          why: 'It keeps routes until what they made is gone.',
          readIn: 'pkg/client/injection/reconciler/serving/v1/route/reconciler.go',
          verbs: ['UPDATE'],
          groups: ['serving.knative.dev'],
          resources: ['routes'],
          paths: ['metadata.finalizers[routes.serving.knative.dev]'],
        },
        {
          why: 'It keeps configurations until what they made is gone.',
          readIn: 'pkg/client/injection/reconciler/serving/v1/configuration/reconciler.go',
          verbs: ['UPDATE'],
          groups: ['serving.knative.dev'],
          resources: ['configurations'],
          paths: ['metadata.finalizers[configurations.serving.knative.dev]'],
        },
        {
          why: 'It keeps mappings until what they made is gone.',
          readIn: 'pkg/client/injection/reconciler/serving/v1beta1/domainmapping/reconciler.go',
          verbs: ['UPDATE'],
          groups: ['serving.knative.dev'],
          resources: ['domainmappings'],
          paths: ['metadata.finalizers[domainmappings.serving.knative.dev]'],
        },
        {
          why: 'Its webhook injects its own authority, and the rules that it serves.',
          readIn: 'config/core/200-roles/clusterrole.yaml',
          verbs: ['UPDATE'],
          groups: ['admissionregistration.k8s.io'],
          resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
          paths: ['webhooks[*].clientConfig.caBundle', 'webhooks[*].rules'],
        },
      ],
    },
  },
};
