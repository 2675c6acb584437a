/** An owner that does not exist: the garbage collector would delete the claim, and with it the data that it is bound to. */
import { attack } from '../support/attack/attack.ts';
import { bindClaim, claimPath, STATEFUL_SET } from '../support/attack/bound-claim.ts';
import { AS_CONTROLLER_MANAGER } from '../support/attack/control-plane-names.ts';

attack('give a bound claim an owner that does not exist as the controller manager', {
  files: STATEFUL_SET,
  prepare: bindClaim,
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'persistentvolumeclaim/data-db-0',
      '--type=merge',
      '-p',
      JSON.stringify({
        metadata: {
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'StatefulSet',
              name: 'gone',
              uid: '00000000-0000-4000-8000-00000000dead',
            },
          ],
        },
      }),
      ...AS_CONTROLLER_MANAGER,
    ]),
  alsoWatched: ({ namespace }) => [claimPath(namespace)],
  code: 'managed_volume_given_away',
  refusedBy: 'managed_volumes',
});
