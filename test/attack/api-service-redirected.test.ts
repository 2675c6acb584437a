/** Whoever serves a group of the API answers every read of it. */
import { attack } from '../support/attack/attack.ts';

attack('redirect the API of Applications', {
  attempt: ({ request }) =>
    request('/apis/apiregistration.k8s.io/v1/apiservices/v1alpha1.argoproj.io?dryRun=All', {
      method: 'PATCH',
      body: {
        spec: { service: { namespace: 'default', name: 'evil' }, insecureSkipTLSVerify: true },
      },
    }),
  code: 'served_api_redirected',
  refusedBy: 'gitops_definitions',
});
