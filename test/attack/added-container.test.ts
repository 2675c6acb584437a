/** A side-car that Git knows nothing of. */
import { attack } from '../support/attack/attack.ts';

attack('add a container', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'deployment',
      'web',
      '--type=json',
      '-p',
      '[{"op":"add","path":"/spec/template/spec/containers/-","value":{"name":"miner","image":"evil"}}]',
    ]),
  says: 'deployments.apps {namespace}/web is managed by the Argo CD application "{namespace}" and changes only through Git.',
  refusedBy: 'gitops_only_writes',
});
