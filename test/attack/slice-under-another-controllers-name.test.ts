/** Only the endpoint controllers say where traffic goes; other controllers have no business with it. */
import { attack } from '../support/attack/attack.ts';
import { asController } from '../support/attack/control-plane-names.ts';

attack('take the traffic of a Service as another controller', {
  attempt: ({ kubectl }) =>
    kubectl(['create', '-f', '-', ...asController('deployment-controller')], {
      input: {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: 'web-evil',
          labels: {
            'kubernetes.io/service-name': 'web',
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          },
        },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['192.0.2.66'] }],
        ports: [{ port: 80 }],
      },
    }),
  alsoWatched: ({ namespace }) => [
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/web-evil`,
  ],
  webhook: 'children.holdfast.dev',
  code: 'endpoints_of_another_controller',
  refusedBy: 'platform_children',
});
