/** From whom a listing of images trusts to what it says of each image. */
import type { Clock } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import { IMAGE_REJECTION_CODES } from '../image/image-failure.ts';
import { mirrorReference } from '../image/mirror-reference.ts';
import { matchImageRule } from '../signature/image-trust/match-image-rule.ts';
import type { ImageRule } from '../signature/cosign/image-rule.ts';
import type { Signer } from '../signature/verification.ts';
import { judgeImage, type ImageJudgeOptions, type ImageQuestion } from './image-judge.ts';
import { loadImageTrust, type ReadTufRoot } from './image-trust.ts';
import { judgeListedImage, type ListedCredentials } from './judge-listed-image.ts';
import type { ImageFinding, JudgeListed } from './list-images.ts';
import { verifyImage, type VerifyImageOptions } from './verify-image.ts';

/** Whose signatures count. */
export type ListedTrust =
  /** For every image. */
  | {
      readonly kind: 'rule';
      readonly rule: ImageRule;
      /** Completes `signed by `. */
      readonly formatSigner: (signer: Signer) => string;
    }
  /** As admission has it. */
  | { readonly kind: 'configured'; readonly images: Configuration['images'] };

export interface ListedBinding extends ListedCredentials {
  readonly clock: Clock;
  /** Trusted roots of TUF repositories, as they are now. */
  readonly readTuf: ReadTufRoot;
}

const REQUIRED: ImageFinding = {
  status: 'unsigned',
  code: 'image_required',
  reason: 'No rule names it, and every image must be signed',
};

/** @throws HoldfastError `trust_file_invalid` */
export async function bindListedJudge(
  trust: ListedTrust,
  { clock, readTuf, ...credentials }: ListedBinding,
): Promise<JudgeListed> {
  if (trust.kind === 'rule') {
    const { rule, formatSigner } = trust;
    return async (asked) =>
      await judgeListedImage(asked, {
        ...credentials,
        verify: async (reference, client) =>
          await findByRule({ ...rule, reference, client, clock }, formatSigner),
      });
  }
  const { rules, requireSignature, registries } = trust.images;
  const imageTrust = await loadImageTrust(trust.images, readTuf);
  return async (asked) => {
    const rule = matchImageRule(asked.reference, rules);
    // Nothing is asked for an image that is not judged.
    if (rule === undefined) return requireSignature ? REQUIRED : { status: 'unjudged' };
    return await judgeListedImage(asked, {
      ...credentials,
      verify: async (reference, client) =>
        await findConfigured(
          { reference: mirrorReference(reference, registries.mirrors), rule },
          { trust: imageTrust, client, clock },
        ),
    });
  };
}

async function findByRule(
  options: VerifyImageOptions,
  formatSigner: (signer: Signer) => string,
): Promise<ImageFinding> {
  const { verification, manifest, signers, attestations } = await verifyImage(options);
  if (verification.status !== 'verified') return findRefusal(verification);
  const attested = attestations.filter((one) => one.status === 'verified');
  const all = [...signers, ...attested].map(({ signer }) => formatSigner(signer));
  return { status: 'signed', digest: manifest?.digest ?? '', signers: [...new Set(all)] };
}

async function findConfigured(
  question: Pick<ImageQuestion, 'reference' | 'rule'>,
  options: ImageJudgeOptions,
): Promise<ImageFinding> {
  const judged = await judgeImage(question, options);
  if (judged.status !== 'verified') return findRefusal(judged);
  const { digest, signers, attestations } = judged;
  // A rule can ask for attestations alone.
  const authorities = new Set([...signers, ...attestations].map(({ authority }) => authority));
  return { status: 'signed', digest, signers: [...authorities] };
}

const REGISTRY_CODES: ReadonlySet<string> = new Set(IMAGE_REJECTION_CODES);

function findRefusal(
  refusal:
    | { readonly status: 'rejected'; readonly code: string; readonly reason: string }
    | { readonly status: 'unavailable'; readonly reason: string },
): ImageFinding {
  const { reason } = refusal;
  if (refusal.status === 'unavailable') return { status: 'unavailable', reason };
  const { code } = refusal;
  return { status: REGISTRY_CODES.has(code) ? 'unreadable' : 'unsigned', code, reason };
}
