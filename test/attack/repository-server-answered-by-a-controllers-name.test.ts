/** The endpoint controller lists pods by their own addresses; whoever only wears its name lists any. */
import { attack } from '../support/attack/attack.ts';
import { asController } from '../support/attack/control-plane-names.ts';

attack('answer for the repository server under the endpoint controller’s name', {
  attempt: ({ kubectl }) =>
    kubectl(
      [
        'create',
        '-n',
        'argocd',
        '--validate=false',
        '-f',
        '-',
        ...asController('endpointslice-controller'),
      ],
      {
        input: {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: {
            name: 'answered-by-a-name',
            namespace: 'argocd',
            labels: {
              'kubernetes.io/service-name': 'argocd-repo-server',
              'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
            },
          },
          addressType: 'IPv4',
          endpoints: [{ addresses: ['10.1.2.3'] }],
          ports: [{ port: 8081 }],
        },
      },
    ),
  alsoWatched: () => [
    '/apis/discovery.k8s.io/v1/namespaces/argocd/endpointslices/answered-by-a-name',
  ],
  code: 'gitops_installation_changed',
  refusedBy: 'gitops_namespaces',
});
