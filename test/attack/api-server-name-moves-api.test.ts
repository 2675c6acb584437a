/** An APIService with a Service hands a whole group of the API to it; the API server itself writes only its own. */
import { attack } from '../support/attack/attack.ts';
import { AS_API_SERVER } from '../support/attack/control-plane-names.ts';

const NAME = 'v1.metrics.declared.example.com';
const API_SERVICE = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: NAME },
  spec: {
    group: 'metrics.declared.example.com',
    version: 'v1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
    service: { namespace: 'kube-system', name: 'metrics' },
  },
};

attack('hand an API to another Service as the API server', {
  files: { 'api.json': API_SERVICE },
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      `apiservice/${NAME}`,
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { service: { namespace: 'default', name: 'evil' } } }),
      ...AS_API_SERVER,
    ]),
  alsoWatched: () => [`/apis/apiregistration.k8s.io/v1/apiservices/${NAME}`],
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
