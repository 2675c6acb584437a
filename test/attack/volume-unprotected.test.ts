/** The finalizer holds a volume back while a claim is bound to it. */
import { attack } from '../support/attack/attack.ts';
import { bindClaim, STATEFUL_SET, volumeName } from '../support/attack/bound-claim.ts';

attack('take the protection off the volume behind a claim', {
  files: STATEFUL_SET,
  prepare: bindClaim,
  attempt: ({ kubectl, namespace }) =>
    kubectl([
      'patch',
      'persistentvolume',
      volumeName(namespace),
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    ]),
  alsoWatched: ({ namespace }) => [`/api/v1/persistentvolumes/${volumeName(namespace)}`],
  code: 'managed_volume_released',
  refusedBy: 'managed_volumes',
});
