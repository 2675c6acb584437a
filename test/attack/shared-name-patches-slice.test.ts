/** Traffic goes where a slice says; each controller writes slices of its own label only. */
import { attack } from '../support/attack/attack.ts';
import { asController } from '../support/attack/control-plane-names.ts';

const SLICE = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'outside', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [{ port: 80 }],
  endpoints: [{ addresses: ['192.0.2.1'] }],
};

attack('point a slice elsewhere as the endpoint slice controller', {
  files: { 'slice.json': SLICE },
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'endpointslice/outside',
      '--type=merge',
      '-p',
      JSON.stringify({ endpoints: [{ addresses: ['192.0.2.66'] }] }),
      ...asController('endpointslice-controller'),
    ]),
  alsoWatched: ({ namespace }) => [
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/outside`,
  ],
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
