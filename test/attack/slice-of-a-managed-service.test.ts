/** Proxies send a Service's traffic wherever a slice with its label says, whoever wrote it. */
import { attack } from '../support/attack/attack.ts';

attack('take the traffic of a Service with an EndpointSlice', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-f', '-'], {
      input: {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'web-evil', labels: { 'kubernetes.io/service-name': 'web' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['192.0.2.66'] }],
        ports: [{ port: 80 }],
      },
    }),
  alsoWatched: ({ namespace }) => [
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/web-evil`,
  ],
  code: 'managed_service_redirected',
  refusedBy: 'managed_children',
});
