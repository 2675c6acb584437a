/** A pod is no less a child where a service account edits it. */
import { attack } from '../support/attack/attack.ts';
import { findChildName } from '../support/attack/find-child.ts';
import { addServiceAccountUser } from '../support/cluster/service-account-user.ts';

attack('change the image of a pod with the token of a made-up account', {
  prepare: async ({ cluster, namespace }) => {
    await cluster.mustKubectl('root', ['create', 'serviceaccount', 'editor', '-n', namespace]);
    await cluster.mustKubectl('root', [
      'create',
      'rolebinding',
      'editor',
      '-n',
      namespace,
      '--clusterrole=edit',
      `--serviceaccount=${namespace}:editor`,
    ]);
    await addServiceAccountUser(cluster, {
      name: `editor-${namespace}`,
      namespace,
      serviceAccount: 'editor',
    });
  },
  attempt: async (ground) =>
    ground.cluster.kubectl(`editor-${ground.namespace}`, [
      'set',
      'image',
      '-n',
      ground.namespace,
      `pod/${await findChildName(ground)}`,
      'web=evil:latest',
    ]),
  code: 'managed_child_changed',
  refusedBy: 'managed_children',
});
