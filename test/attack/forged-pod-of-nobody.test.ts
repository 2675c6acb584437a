/** Extra fields can be forged by whoever may impersonate them: the pod is looked up. */
import { attack } from '../support/attack/attack.ts';
import { impersonateController } from '../support/attack/impersonate-controller.ts';

attack('forge the token of a pod that is not there', {
  attempt: ({ cluster, namespace }) =>
    impersonateController(cluster, {
      path: `/api/v1/namespaces/${namespace}/configmaps/settings`,
      body: { data: { greeting: 'hacked' } },
      pod: { name: 'gone-0', uid: '00000000-0000-4000-8000-000000000000' },
    }),
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and is written only by its controller. The GitOps account "argocd" did not prove itself: pod "gone-0" is not there, and its entry demands "pod-bound".',
  refusedBy: 'gitops_only_writes',
});
