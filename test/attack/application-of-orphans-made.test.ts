/** Made for a moment with its finalizer and deleted again, it takes along what bears its mark. */
import { applicationObject, applicationPath } from '../support/argocd/application.ts';
import { attack } from '../support/attack/attack.ts';
import { deleteApplication } from '../support/attack/leave-behind.ts';

attack('make the application again for what it left behind', {
  prepare: ({ cluster, namespace }) => deleteApplication(cluster, namespace),
  attempt: ({ cluster, namespace, application }) =>
    cluster.request('alice', applicationPath(), {
      method: 'POST',
      body: {
        ...applicationObject({ name: namespace, repositoryUrl: application.repository.url }),
        metadata: {
          name: namespace,
          namespace: 'argocd',
          finalizers: ['resources-finalizer.argocd.argoproj.io'],
        },
      },
    }),
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
