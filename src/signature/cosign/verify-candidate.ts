/**
 * Verifies a candidate against a rule: it is about this image, it says something that is wanted, and somebody who is trusted has
 * signed it.
 *
 * What it claims is compared first, as that costs nothing; it counts only if the signature over it holds.
 */
import type { WallMs } from '../../base/clock.ts';
import { rejected, type Rejected, type Verification, type Verified } from '../verification.ts';
import type { Candidate } from './candidate.ts';
import { decideBuild, type BuildFacts } from './decide-build.ts';
import { formatQuoted } from './format-quoted.ts';
import type { ImageRule, NamedAuthority, WantedAttestation } from './image-rule.ts';
import { parseClaim, type Claim } from './parse-claim.ts';
import type { NormalizeRepository } from './parse-provenance.ts';
import { createProver, listSignedBytes, type Prover } from './verify-proof.ts';

export interface CandidateRequest {
  /** Of the image, for example `sha256:…`. */
  readonly digest: string;
  readonly rule: ImageRule;
  readonly nowMs: WallMs;
  readonly normalizeRepository: NormalizeRepository;
}

/** What one authority makes of one candidate. */
export type CandidateFinding =
  /** It counts for nothing, whoever has signed it. */
  | { readonly kind: 'none'; readonly verification: Rejected }
  | {
      readonly kind: 'signature';
      readonly authority: NamedAuthority;
      readonly verification: Verification;
    }
  | {
      readonly kind: 'attestation';
      readonly wanted: WantedAttestation;
      readonly authority: NamedAuthority;
      readonly verification: Verification;
      /** Where it counts. */
      readonly build: BuildFacts;
    };

/** Never throws: what cannot be read is rejected. At least one finding. */
export function verifyCandidate(
  candidate: Candidate,
  request: CandidateRequest,
): readonly CandidateFinding[] {
  const { content } = candidate;
  if (content.kind === 'message') {
    return none('wrong_usage', 'It signs bytes, and makes no statement about an image');
  }
  const claim = parseClaim(content);
  if (claim.status === 'rejected') return [{ kind: 'none', verification: claim }];
  const { rule, digest, nowMs } = request;
  const prove = createProver(candidate, listSignedBytes(content), nowMs);
  const fault = findSubjectFault(claim.value, digest);
  return claim.value.kind === 'signature'
    ? judgeSignature(rule, (authority) => fault ?? prove(authority))
    : judgeAttestation(claim.value, candidate, {
        ...request,
        prove: (authority) => fault ?? prove(authority),
      });
}

function judgeSignature({ authorities }: ImageRule, prove: Prover): readonly CandidateFinding[] {
  if (authorities.length === 0) {
    return none('predicate_type_mismatch', 'It is a signature, and attests nothing');
  }
  return authorities.map((authority) => ({
    kind: 'signature',
    authority,
    verification: prove(authority.authority),
  }));
}

function judgeAttestation(
  claim: Extract<Claim, { readonly kind: 'attestation' }>,
  candidate: Candidate,
  request: CandidateRequest & { readonly prove: Prover },
): readonly CandidateFinding[] {
  const { attestations } = request.rule;
  const asked = attestations.filter(({ predicateType }) => predicateType === claim.predicateType);
  if (asked.length === 0) {
    const type = formatQuoted(claim.predicateType);
    const reason =
      attestations.length === 0
        ? 'which does not say that the image is signed'
        : 'which is not asked for';
    return none('predicate_type_mismatch', `It attests "${type}", ${reason}`);
  }
  return asked.flatMap((wanted) =>
    wanted.authorities.map((authority): CandidateFinding => {
      const proof = request.prove(authority.authority);
      const found =
        proof.status === 'verified'
          ? readBuild(proof, { claim, candidate, wanted, ...request })
          : { verification: proof, build: {} };
      return { kind: 'attestation', wanted, authority, ...found };
    }),
  );
}

function readBuild(
  proof: Verified,
  asked: {
    readonly claim: Extract<Claim, { readonly kind: 'attestation' }>;
    readonly candidate: Candidate;
    readonly wanted: WantedAttestation;
    readonly normalizeRepository: NormalizeRepository;
  },
): { readonly verification: Verification; readonly build: BuildFacts } {
  const { claim, candidate, wanted, normalizeRepository } = asked;
  // A candidate may bring a certificate beside the key that has signed it: nobody has verified that one.
  const isCertified = proof.signer.scheme === 'cosign' && proof.signer.method === 'certificate';
  const { signer } = candidate;
  const certificate = isCertified && signer.kind === 'certificate' ? signer.certificate : undefined;
  const build = decideBuild({ claim, certificate, wanted }, normalizeRepository);
  return 'code' in build ? { verification: build, build: {} } : { verification: proof, build };
}

function findSubjectFault({ digests }: Claim, digest: string): Rejected | undefined {
  if (digests.includes(digest)) return undefined;
  const [first = 'nothing', ...others] = digests;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return rejected('subject_mismatch', `It is about ${formatQuoted(first)}${more}, not this image`);
}

function none(code: Rejected['code'], reason: string): readonly CandidateFinding[] {
  return [{ kind: 'none', verification: rejected(code, reason) }];
}
