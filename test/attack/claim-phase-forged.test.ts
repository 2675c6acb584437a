/** A claim that says that it is pending looks as if it held nothing. */
import { attack } from '../support/attack/attack.ts';
import { bindClaim, claimPath, STATEFUL_SET } from '../support/attack/bound-claim.ts';

attack('forge the phase of a bound claim', {
  files: STATEFUL_SET,
  prepare: bindClaim,
  attempt: ({ request, namespace }) =>
    request(`${claimPath(namespace)}/status`, {
      method: 'PATCH',
      body: { status: { phase: 'Pending' } },
    }),
  code: 'managed_volume_released',
  refusedBy: 'managed_volumes',
});
