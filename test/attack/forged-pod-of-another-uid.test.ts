/** The right name, the wrong pod. */
import { attack } from '../support/attack/attack.ts';
import { impersonateController } from '../support/attack/impersonate-controller.ts';

attack('forge the token of a pod by its name', {
  attempt: ({ cluster, namespace }) =>
    impersonateController(cluster, {
      path: `/api/v1/namespaces/${namespace}/configmaps/settings`,
      body: { data: { greeting: 'hacked' } },
      pod: { name: 'argocd-application-controller-0', uid: '00000000-0000-4000-8000-000000000000' },
    }),
  code: 'writer_unproven',
  refusedBy: 'gitops_only_writes',
});
