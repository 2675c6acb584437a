/** A slice of nobody becomes one of a managed Service by its label. */
import { attack } from '../support/attack/attack.ts';

attack('give a slice the label of a managed Service', {
  prepare: ({ kubectl }) =>
    kubectl(['create', '-f', '-'], {
      input: {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'mine' },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['192.0.2.66'] }],
        ports: [{ port: 80 }],
      },
    }),
  attempt: ({ kubectl }) =>
    kubectl(['label', 'endpointslice', 'mine', 'kubernetes.io/service-name=web']),
  alsoWatched: ({ namespace }) => [
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/mine`,
  ],
  code: 'managed_service_redirected',
  refusedBy: 'managed_children',
});
