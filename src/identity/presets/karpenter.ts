/** What Karpenter writes into objects that Git declares. Source: sigs.k8s.io/karpenter v1.8.0. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Karpenter. */
export const KARPENTER: OperatorPreset = {
  title: 'Karpenter',
  source: 'sigs.k8s.io/karpenter v1.8.0',
  namespace: 'kube-system',
  notes: 'Node classes are those of each provider; of those on AWS it notes the hash.',
  accounts: {
    controller: {
      serviceAccount: 'karpenter',
      rules: [
        {
          why: 'It notes the hash of a pool.',
          readIn: 'pkg/controllers/nodepool/hash/controller.go',
          verbs: ['UPDATE'],
          groups: ['karpenter.sh'],
          resources: ['nodepools'],
          paths: [
            'metadata.annotations["karpenter.sh/nodepool-hash"]',
            'metadata.annotations["karpenter.sh/nodepool-hash-version"]',
          ],
        },
        {
          why: 'It notes the hash of a node class on AWS, and keeps it until its nodes are gone.',
          readIn: 'website: reference/annotations (aws/karpenter-provider-aws)',
          verbs: ['UPDATE'],
          groups: ['karpenter.k8s.aws'],
          resources: ['ec2nodeclasses'],
          paths: [
            'metadata.annotations["karpenter.k8s.aws/ec2nodeclass-hash"]',
            'metadata.annotations["karpenter.k8s.aws/ec2nodeclass-hash-version"]',
            'metadata.finalizers[karpenter.k8s.aws/termination]',
          ],
        },
      ],
    },
  },
};
