/** The garbage collector deletes what belongs to an owner that is gone. */
import { attack } from '../support/attack/attack.ts';

attack('have the garbage collector delete an object', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      JSON.stringify({
        metadata: {
          ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'dead' }],
        },
      }),
    ]),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
