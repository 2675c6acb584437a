/** Endpoints have the name of their Service, and are mirrored into slices. */
import { attack } from '../support/attack/attack.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

attack('write the Endpoints of a managed Service', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'endpoints',
      'web',
      '--type=merge',
      '-p',
      JSON.stringify({ subsets: [{ addresses: [{ ip: '192.0.2.66' }], ports: [{ port: 80 }] }] }),
    ]),
  prepare: ({ cluster, namespace }) =>
    waitFor('the Service has Endpoints', async () => {
      const path = `/api/v1/namespaces/${namespace}/endpoints/web`;
      return (await cluster.request('root', path)).code === 200;
    }),
  code: 'managed_service_redirected',
  refusedBy: 'managed_children',
});
