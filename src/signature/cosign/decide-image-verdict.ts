/** From the verdicts about each candidate to the verdict about the image. */
import { rejected, type RejectionCode, type Verification } from '../verification.ts';
import type { WantedClaim } from './verify-candidate.ts';

/** How far a candidate came: of several that do not count, the one that nearly did tells most. */
const PROGRESS: Readonly<Partial<Record<RejectionCode, number>>> = {
  subject_mismatch: 1,
  bad_signature: 2,
  unknown_key: 2,
  transparency_log_entry_missing: 3,
  transparency_log_entry_invalid: 3,
  future_signature: 3,
  certificate_invalid: 4,
  identity_not_accepted: 5,
};

function progressOf(code: RejectionCode): number {
  return PROGRESS[code] ?? 0;
}

/** One that counts is enough; a candidate that says something else than what is wanted is none. */
export function decideImageVerdict(
  verdicts: readonly Verification[],
  wanted: WantedClaim,
): Verification {
  const verified = verdicts.find(({ status }) => status === 'verified');
  if (verified !== undefined) return verified;
  const undetermined = verdicts.find(({ status }) => status === 'unavailable');
  if (undetermined !== undefined) return undetermined;
  const refused = verdicts.filter((verdict) => verdict.status === 'rejected');
  const others = refused.filter(({ code }) => code === 'predicate_type_mismatch').length;
  const [best] = refused
    .filter(({ code }) => code !== 'predicate_type_mismatch')
    .toSorted((a, b) => progressOf(b.code) - progressOf(a.code));
  if (best !== undefined) return best;
  const what =
    wanted.kind === 'signature' ? 'signature' : `attestation of "${wanted.predicateType}"`;
  const aside = others === 0 ? '' : `: what is beside it says something else (${others})`;
  return rejected('unsigned', `The image has no ${what}${aside}`);
}
