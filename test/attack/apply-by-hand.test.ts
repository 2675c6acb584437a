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
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
