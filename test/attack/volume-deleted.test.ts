/** The volume goes first, and the claim that is lost without it after that. */
import { attack } from '../support/attack/attack.ts';
import { bindClaim, STATEFUL_SET, volumeName } from '../support/attack/bound-claim.ts';

attack('delete the volume behind a claim', {
  files: STATEFUL_SET,
  prepare: bindClaim,
  attempt: ({ kubectl, namespace }) =>
    kubectl(['delete', 'persistentvolume', volumeName(namespace), '--wait=false']),
  alsoWatched: ({ namespace }) => [`/api/v1/persistentvolumes/${volumeName(namespace)}`],
  code: 'managed_volume_deleted',
  refusedBy: 'managed_volumes',
});
