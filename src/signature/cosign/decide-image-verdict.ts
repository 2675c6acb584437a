/** From what was found beside an image to the verdict about it: who has signed, what is attested, and whether the rule holds. */
import { rejected, type Rejected, type RejectionCode, type Verification } from '../verification.ts';
import type { BuildFacts } from './decide-build.ts';
import type { ImageRule, WantedAttestation } from './image-rule.ts';
import { countDistinctAuthorities, type SigningAuthority } from './match-signers.ts';
import type { CandidateFinding } from './verify-candidate.ts';

/** For each candidate, what was found of it. */
export type CandidateFindings = readonly (readonly CandidateFinding[])[];

export interface SignatureDecision {
  /** Each authority with each of its signers once. */
  readonly signers: readonly SigningAuthority[];
  /** Undefined: no signature is asked for. */
  readonly verification: Verification | undefined;
}

/** One wanted attestation, and everything that counts for it. */
export interface AttestationDecision {
  readonly wanted: WantedAttestation;
  /** Each that says something else, or is signed by somebody else, once. */
  readonly counted: readonly CountedAttestation[];
  readonly verification: Verification;
}

export interface CountedAttestation extends SigningAuthority {
  readonly build: BuildFacts;
}

/** Enough distinct authorities must have signed. */
export function decideSignatures(
  candidates: CandidateFindings,
  { required }: Pick<ImageRule, 'required'>,
): SignatureDecision {
  const findings = candidates.flat().filter((one) => one.kind === 'signature');
  const signers = unique(
    findings.flatMap(({ authority, verification }) =>
      verification.status === 'verified' ? [{ authority, signer: verification.signer }] : [],
    ),
    ({ authority, signer }) => [authority.name, signer],
  );
  if (required === 0) return { signers, verification: undefined };
  const verified = findings.find(({ verification }) => verification.status === 'verified');
  if (verified === undefined) {
    const verification = explainAbsence(candidates, {
      isAsked: ({ kind }) => kind === 'signature',
      code: 'unsigned',
      what: 'signature',
    });
    return { signers, verification };
  }
  const count = countDistinctAuthorities(signers);
  // Also false where the number is none, for example NaN.
  if (count >= required) return { signers, verification: verified.verification };
  return { signers, verification: rejectCount(count, required, signers) };
}

/** One attestation that counts is enough. */
export function decideAttestation(
  candidates: CandidateFindings,
  wanted: WantedAttestation,
): AttestationDecision {
  const findings = candidates
    .flat()
    .filter((one) => one.kind === 'attestation')
    .filter((one) => one.wanted === wanted);
  const counted = unique(
    findings.flatMap(({ authority, verification, build }) =>
      verification.status === 'verified' ? [{ authority, signer: verification.signer, build }] : [],
    ),
    ({ authority, signer, build }) => [authority.name, signer, build],
  );
  const verified = findings.find(({ verification }) => verification.status === 'verified');
  const verification =
    verified?.verification ??
    explainAbsence(candidates, {
      isAsked: (one) => one.kind === 'attestation' && one.wanted === wanted,
      code: 'attestation_missing',
      what: `attestation of "${wanted.predicateType}"`,
    });
  return { wanted, counted, verification };
}

/** Every part must hold. Undefined: nothing is asked for. */
export function combineVerdicts<Verdict extends { readonly status: Verification['status'] }>(
  parts: readonly Verdict[],
): Verdict | undefined {
  // A refusal is final, whatever becomes of what nobody could tell.
  return (
    parts.find(({ status }) => status === 'rejected') ??
    parts.find(({ status }) => status === 'unavailable') ??
    parts[0]
  );
}

function unique<Item>(items: readonly Item[], keyOf: (item: Item) => unknown): readonly Item[] {
  const byKey = new Map<string, Item>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    if (!byKey.has(key)) byKey.set(key, item);
  }
  return [...byKey.values()];
}

function rejectCount(
  count: number,
  required: number,
  signers: readonly SigningAuthority[],
): Rejected {
  const names = [...new Set(signers.map(({ authority }) => authority.name))];
  const shared = names.length > count ? ', of whom some share a key or an identity' : '';
  return rejected(
    'too_few_signatures',
    `${count} of ${required} distinct authorities have signed: ${names.join(', ')}${shared}`,
  );
}

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
  malformed_attestation: 6,
  source_ambiguous: 7,
  source_contradicted: 7,
  builder_not_accepted: 7,
  source_not_accepted: 7,
};

function progressOf(code: RejectionCode): number {
  return PROGRESS[code] ?? 0;
}

/** Of candidates that count for nothing: the one that nearly did, or that there is none. */
function explainAbsence(
  candidates: CandidateFindings,
  asked: {
    readonly isAsked: (finding: CandidateFinding) => boolean;
    readonly code: RejectionCode;
    readonly what: string;
  },
): Verification {
  // What cannot be read may have been what is asked for.
  const related = candidates.map((findings) =>
    findings
      .filter((one) => (one.kind === 'none' ? !saysOther(one.verification) : asked.isAsked(one)))
      .map(({ verification }) => verification),
  );
  const verdicts = related.flat();
  const undetermined = verdicts.find(({ status }) => status === 'unavailable');
  if (undetermined !== undefined) return undetermined;
  const [best] = verdicts
    .filter((verdict) => verdict.status === 'rejected')
    .toSorted((a, b) => progressOf(b.code) - progressOf(a.code));
  if (best !== undefined) return best;
  const others = related.length;
  const aside = others === 0 ? '' : `: what is beside it says something else (${others})`;
  return rejected(asked.code, `The image has no ${asked.what}${aside}`);
}

function saysOther({ code }: Rejected): boolean {
  return code === 'predicate_type_mismatch';
}
