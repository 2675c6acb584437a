/** The controller applies what the repository server says, whoever answers under its name. */
import { attack } from '../support/attack/attack.ts';

attack('answer for the repository server', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-n', 'argocd', '-f', '-'], {
      input: {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: 'evil',
          namespace: 'argocd',
          labels: { 'kubernetes.io/service-name': 'argocd-repo-server' },
        },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.1.2.3'] }],
        ports: [{ port: 8081 }],
      },
    }),
  alsoWatched: () => ['/apis/discovery.k8s.io/v1/namespaces/argocd/endpointslices/evil'],
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
