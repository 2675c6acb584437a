/** Deletes the object and makes it anew. */
import { attack } from '../support/attack/attack.ts';

attack('replace an object by force', {
  attempt: ({ kubectl }) =>
    kubectl(['replace', '--force', '-f', '-'], {
      input: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings' },
        data: { greeting: 'hacked' },
      },
    }),
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
