/** An ApplicationSet makes applications. */
import { attack } from '../support/attack/attack.ts';

attack('make an ApplicationSet', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-n', 'argocd', '-f', '-'], {
      input: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'ApplicationSet',
        metadata: { name: 'evil', namespace: 'argocd' },
        spec: {
          generators: [],
          template: { metadata: { name: 'x' }, spec: { project: 'default', destination: {} } },
        },
      },
    }),
  alsoWatched: () => ['/apis/argoproj.io/v1alpha1/namespaces/argocd/applicationsets/evil'],
  code: 'gitops_control_plane_changed',
  refusedBy: 'gitops_control_plane',
});
