/** One operation, as scripts send it. */
import { attack } from '../support/attack/attack.ts';

attack('replace a field by JSON patch', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'deployment',
      'web',
      '--type=json',
      '-p',
      '[{"op":"replace","path":"/spec/replicas","value":5}]',
    ]),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
