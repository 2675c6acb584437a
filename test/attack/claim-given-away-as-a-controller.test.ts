/** The StatefulSet controller gives claims the owners of their retention policy, and nobody else. */
import { attack } from '../support/attack/attack.ts';
import { asController, firstOf } from '../support/attack/control-plane-names.ts';
import { DATABASE } from '../support/attack/database.ts';

attack('give a claim a dead owner as the StatefulSet controller', {
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
      ...asController('statefulset-controller'),
    ]),
  code: 'managed_volume_given_away',
  refusedBy: 'managed_volumes',
});
