/**
 * Accounts that our own pods need to start: the agents of common networks, clouds and volumes. When a whole cluster
 * restarts, they write first (nodes, addresses, endpoints), before the webhook is available.
 *
 * They have the same exemption as the control plane: objects without a GitOps mark. Add your own with
 * `--recovery-account`.
 */
const ACCOUNTS = [
  'calico-system:calico-kube-controllers',
  'calico-system:calico-node',
  'calico-system:calico-typha',
  'kube-flannel:flannel',
  'kube-system:aws-node',
  'kube-system:azure-cns',
  'kube-system:calico-kube-controllers',
  'kube-system:calico-node',
  'kube-system:cilium',
  'kube-system:cilium-operator',
  'kube-system:cloud-node-manager',
  'kube-system:ebs-csi-node-sa',
  'kube-system:kindnet',
  'kube-system:kube-router',
  'kube-system:weave-net',
] as const;

/** Exact usernames, one for each account. */
export const RECOVERY_USERNAMES: readonly string[] = [
  ...ACCOUNTS.map((account) => `system:serviceaccount:${account}`),
  'system:kube-proxy',
];
