/** The garbage collector deletes a claim whose owner is dead, and the data with it. */
import { attack } from '../support/attack/attack.ts';
import { AS_CONTROLLER_MANAGER, firstOf } from '../support/attack/control-plane-names.ts';
import { DATABASE } from '../support/attack/database.ts';

attack('give a claim a dead owner as the controller manager', {
  files: { 'database.json': DATABASE },
  prepare: (ground) => firstOf(ground, '/api/v1', 'persistentvolumeclaims'),
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'persistentvolumeclaim/data-db-0',
      '--type=merge',
      '-p',
      JSON.stringify({
        metadata: {
          ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'dead' }],
        },
      }),
      ...AS_CONTROLLER_MANAGER,
    ]),
  code: 'managed_volume_given_away',
  refusedBy: 'managed_volumes',
});
