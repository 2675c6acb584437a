/**
 * Accounts without which no new pod of ours could start: the agents of the common networks, clouds and volumes. When a
 * whole cluster restarts, they write first (nodes, addresses, endpoints), and we could not be asked yet.
 *
 * They get what the control plane gets: objects that no GitOps tool marks. Add your own with `--recovery-account`.
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
