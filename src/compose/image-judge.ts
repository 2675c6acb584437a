/** Judges one image by its rule: reads it and what lies beside it, and verifies that. */
import type { Clock } from '../base/clock.ts';
import type { ImageAttestation, ImageConclusion, JudgedImage } from '../image/image-conclusion.ts';
import type { ImageReference } from '../image/parse-reference.ts';
import type { RegistryClient } from '../image/registry/registry-client.ts';
import type { PullScope } from '../image/registry/pull-scope.ts';
import type { ImageRule as VerifiedRule } from '../signature/cosign/image-rule.ts';
import type { ImageRule } from '../signature/image-trust/settings.ts';
import { identityOf } from '../signature/trust/match-signer.ts';
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import type { ImageTrust } from './image-trust.ts';
import { verifyImage, type AttestationReport, type ImageReport } from './verify-image.ts';

/** An image, and the rule that judges it. */
export interface ImageQuestion {
  readonly reference: ImageReference;
  readonly rule: ImageRule;
  /** Whose pull secrets count; absent: the configured credentials alone. */
  readonly pullScope?: PullScope | undefined;
}

export interface ImageJudgeOptions {
  readonly trust: ImageTrust;
  readonly client: RegistryClient;
  readonly clock: Clock;
}

/** A signature is added after the image, and access is given after it was refused: what is refused is asked again. */
const REJECTED_RETRY_MS = 15_000;

/** Never rejects; `unavailable` where nobody can tell. */
export async function judgeImage(
  { reference, rule }: Pick<ImageQuestion, 'reference' | 'rule'>,
  { trust, client, clock }: ImageJudgeOptions,
): Promise<JudgedImage | NoVerdict> {
  const { verified, missing } = trust.ruleFor(rule);
  // Where nobody is there to have signed, the registry is not asked for nothing.
  if (missing !== undefined && countAuthorities(verified) === 0) return notTrusted(missing);
  const report = await verifyImage({ reference, client, clock, ...verified });
  const { verification } = report;
  if (verification.status === 'unavailable') return verification;
  const conclusion = conclude(report, rule);
  if (conclusion.status === 'verified') return conclusion;
  // The authority that is not there may have signed.
  return missing === undefined
    ? { ...conclusion, retryAfterMs: REJECTED_RETRY_MS }
    : notTrusted(missing);
}

function countAuthorities({ authorities, attestations }: VerifiedRule): number {
  return [authorities, ...attestations.map((wanted) => wanted.authorities)].flat().length;
}

/** A trusted root that arrives changes the hash of the trust, and so asks again at once. */
function notTrusted(reason: string): NoVerdict {
  return { status: 'unavailable', reason, retryAfterMs: REJECTED_RETRY_MS };
}

function conclude(report: ImageReport, rule: ImageRule): ImageConclusion {
  const { verification, manifest } = report;
  const { name } = rule;
  if (verification.status === 'rejected' || manifest === undefined) {
    const { code, reason } =
      verification.status === 'rejected'
        ? verification
        : { code: 'image_absent', reason: 'There is no manifest' };
    return { status: 'rejected', rule: name, code, reason };
  }
  const signers = report.signers.map(({ authority, signer }) => ({
    authority,
    identity: identityOf(signer),
  }));
  // Two keys of one authority are two to the verifier, and one to the rule.
  const names = [...new Set(signers.map(({ authority }) => authority))];
  if (names.length < rule.authoritiesMin) {
    const reason = `${rule.authoritiesMin} authorities must have signed, and ${names.length} have: ${names.join(', ')}`;
    return { status: 'rejected', rule: name, code: 'too_few_signatures', reason };
  }
  const attestations = report.attestations.flatMap(describeAttestation);
  return { status: 'verified', rule: name, digest: manifest.digest, signers, attestations };
}

function describeAttestation(report: AttestationReport): readonly ImageAttestation[] {
  if (report.status !== 'verified') return [];
  const { name, predicateType, authority, signer } = report;
  const { builder, sourceRepository, sourceCommit } = report;
  const identity = identityOf(signer);
  return [
    {
      name,
      predicateType,
      authority,
      identity,
      ...(builder !== undefined && { builder }),
      ...(sourceRepository !== undefined && { sourceRepository }),
      ...(sourceCommit !== undefined && { sourceCommit }),
    },
  ];
}
