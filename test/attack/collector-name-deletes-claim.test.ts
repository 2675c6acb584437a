/** The garbage collector deletes a claim whose owners are gone; this one has none, and holds data. */
import { attack } from '../support/attack/attack.ts';
import { bindClaim, claimPath, STATEFUL_SET } from '../support/attack/bound-claim.ts';
import { asController } from '../support/attack/control-plane-names.ts';

attack('delete a bound claim as the garbage collector', {
  files: STATEFUL_SET,
  prepare: bindClaim,
  attempt: ({ kubectl }) =>
    kubectl([
      'delete',
      'persistentvolumeclaim/data-db-0',
      '--wait=false',
      ...asController('generic-garbage-collector'),
    ]),
  alsoWatched: ({ namespace }) => [claimPath(namespace)],
  code: 'managed_volume_deleted',
  refusedBy: 'managed_volumes',
});
