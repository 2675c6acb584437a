/** Whoever may make service accounts and their tokens could write any status in the name of one. */
import { attack } from '../support/attack/attack.ts';
import { addServiceAccountUser } from '../support/cluster/service-account-user.ts';

attack('forge the status with the token of a made-up account', {
  prepare: async ({ cluster, namespace }) => {
    await cluster.mustKubectl('root', ['create', 'serviceaccount', 'made-up', '-n', namespace]);
    await cluster.mustKubectl('root', [
      'create',
      'clusterrolebinding',
      `made-up-${namespace}`,
      '--clusterrole=cluster-admin',
      `--serviceaccount=${namespace}:made-up`,
    ]);
    await addServiceAccountUser(cluster, {
      name: `made-up-${namespace}`,
      namespace,
      serviceAccount: 'made-up',
    });
  },
  attempt: ({ cluster, namespace }) =>
    cluster.request(
      `made-up-${namespace}`,
      `/apis/apps/v1/namespaces/${namespace}/deployments/web/status`,
      {
        method: 'PATCH',
        body: { status: { availableReplicas: 7, readyReplicas: 7, replicas: 7 } },
      },
    ),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
