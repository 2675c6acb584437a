/** A node is one by name and group, and then may touch nothing that Git has. */
import { attack } from '../support/attack/attack.ts';
import { AS_NODE } from '../support/attack/control-plane-names.ts';

attack('write as a node', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      '{"data":{"greeting":"hacked"}}',
      ...AS_NODE,
    ]),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
