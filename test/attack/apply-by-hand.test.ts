/** A file from a laptop instead of a commit. */
import { attack } from '../support/attack/attack.ts';

attack('apply a changed object', {
  attempt: ({ kubectl }) =>
    kubectl(['apply', '-f', '-'], {
      input: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings' },
        data: { greeting: 'hacked' },
      },
    }),
  says: 'configmaps {namespace}/settings is managed by the Argo CD application "{namespace}" and changes only through Git. This would take it out of Git\'s hands.',
  refusedBy: 'protected_keys',
});
