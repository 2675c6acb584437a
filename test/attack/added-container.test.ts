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
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
