/** A project says what its applications may do. */
import { attack } from '../support/attack/attack.ts';

attack('open a project', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'appproject',
      'default',
      '-n',
      'argocd',
      '--type=merge',
      '-p',
      '{"spec":{"sourceRepos":["git://evil.example.com/*"]}}',
    ]),
  alsoWatched: () => ['/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/default'],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
