/** The whole object at once. */
import { attack } from '../support/attack/attack.ts';

attack('replace an object', {
  attempt: ({ kubectl }) =>
    kubectl(['replace', '-f', '-'], {
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
