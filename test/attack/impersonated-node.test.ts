/** A node is one by name and group, and then may touch nothing that Git has. */
import { attack } from '../support/attack/attack.ts';

attack('write as a node', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      '{"data":{"greeting":"hacked"}}',
      '--as=system:node:worker-1',
      '--as-group=system:nodes',
      '--as-group=system:masters',
    ]),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
