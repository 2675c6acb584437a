/** What Sealed Secrets writes into objects that Git declares. Source: github.com/bitnami-labs/sealed-secrets v0.40.0. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Sealed Secrets. */
export const SEALED_SECRETS: OperatorPreset = {
  title: 'Sealed Secrets',
  source: 'github.com/bitnami-labs/sealed-secrets v0.40.0',
  namespace: 'kube-system',
  notes:
    'Into a Secret that Git declares it writes only keys that Git does not (annotation `sealedsecrets.bitnami.com/patch`).',
  accounts: {
    controller: {
      serviceAccount: 'sealed-secrets-controller',
      rules: [
        {
          why: 'It adds keys to a Secret.',
          readIn: 'pkg/controller/controller.go',
          verbs: ['UPDATE'],
          groups: [''],
          resources: ['secrets'],
          paths: ['data'],
          undeclared: true,
        },
      ],
    },
  },
};
