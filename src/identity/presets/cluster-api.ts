/** What Cluster API writes into objects that Git declares. Source: sigs.k8s.io/cluster-api v1.14.2, sigs.k8s.io/cluster-api/api v1.14.2. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Cluster API. */
export const CLUSTER_API: OperatorPreset = {
  title: 'Cluster API',
  source: 'sigs.k8s.io/cluster-api v1.14.2, sigs.k8s.io/cluster-api/api v1.14.2',
  namespace: 'capi-system',
  notes: 'Infrastructure providers have accounts of their own, and need entries of their own.',
  accounts: {
    core: {
      serviceAccount: 'capi-manager',
      rules: [
        {
          why: 'It keeps clusters until what they own is gone.',
          readIn: 'api/core: ClusterFinalizer',
          verbs: ['UPDATE'],
          groups: ['cluster.x-k8s.io'],
          resources: ['clusters'],
          paths: ['metadata.finalizers[cluster.cluster.x-k8s.io]'],
        },
        {
          why: 'It keeps machines until their nodes are gone.',
          readIn: 'api/core: MachineFinalizer',
          verbs: ['UPDATE'],
          groups: ['cluster.x-k8s.io'],
          resources: ['machines'],
          paths: ['metadata.finalizers[machine.cluster.x-k8s.io]'],
        },
        {
          why: 'It keeps pools until their machines are gone.',
          readIn: 'api/core: MachinePoolFinalizer',
          verbs: ['UPDATE'],
          groups: ['cluster.x-k8s.io'],
          resources: ['machinepools'],
          paths: ['metadata.finalizers[machinepool.cluster.x-k8s.io]'],
        },
        {
          why: 'It keeps deployments until their machines are gone.',
          readIn: 'api/core: MachineDeploymentFinalizer, MachineDeploymentTopologyFinalizer',
          verbs: ['UPDATE'],
          groups: ['cluster.x-k8s.io'],
          resources: ['machinedeployments'],
          paths: [
            'metadata.finalizers[cluster.x-k8s.io/machinedeployment]',
            'metadata.finalizers[machinedeployment.topology.cluster.x-k8s.io]',
          ],
        },
        {
          why: 'It keeps sets until their machines are gone.',
          readIn: 'api/core: MachineSetFinalizer, MachineSetTopologyFinalizer',
          verbs: ['UPDATE'],
          groups: ['cluster.x-k8s.io'],
          resources: ['machinesets'],
          paths: [
            'metadata.finalizers[cluster.x-k8s.io/machineset]',
            'metadata.finalizers[machineset.topology.cluster.x-k8s.io]',
          ],
        },
        {
          why: 'It keeps resource sets until their bindings are gone.',
          readIn: 'api/addons: ClusterResourceSetFinalizer',
          verbs: ['UPDATE'],
          groups: ['addons.cluster.x-k8s.io'],
          resources: ['clusterresourcesets'],
          paths: ['metadata.finalizers[addons.cluster.x-k8s.io]'],
        },
        {
          why: 'A cluster owns what it refers to.',
          readIn: 'core/config/rbac/role.yaml, util/util.go: EnsureOwnerRef',
          verbs: ['UPDATE'],
          groups: [
            'bootstrap.cluster.x-k8s.io',
            'controlplane.cluster.x-k8s.io',
            'infrastructure.cluster.x-k8s.io',
          ],
          resources: ['*'],
          paths: ['metadata.labels["cluster.x-k8s.io/cluster-name"]', 'metadata.ownerReferences'],
        },
      ],
    },
    'control-plane': {
      serviceAccount: 'capi-kubeadm-control-plane-manager',
      namespace: 'capi-kubeadm-control-plane-system',
      rules: [
        {
          why: 'It keeps a control plane until its machines are gone.',
          readIn: 'api/controlplane: KubeadmControlPlaneFinalizer',
          verbs: ['UPDATE'],
          groups: ['controlplane.cluster.x-k8s.io'],
          resources: ['kubeadmcontrolplanes'],
          paths: ['metadata.finalizers[kubeadm.controlplane.cluster.x-k8s.io]'],
        },
      ],
    },
  },
};
