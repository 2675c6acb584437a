/** Nobody can tell who impersonates; but the token of a pod is missing. */
import { attack } from '../support/attack/attack.ts';

attack('impersonate the controller', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      '{"data":{"greeting":"hacked"}}',
      '--as=system:serviceaccount:argocd:argocd-application-controller',
    ]),
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and is written only by its controller. The GitOps account "argocd" did not prove itself: it was impersonated: it carries neither uid nor token, and its entry demands "pod-bound".',
  refusedBy: 'gitops_only_writes',
});
