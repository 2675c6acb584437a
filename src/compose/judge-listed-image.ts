/** Says of a running image who has signed it, reading it with the credentials that its Pods have. */
import type { Clock } from '../base/clock.ts';
import { IMAGE_REJECTION_CODES } from '../image/image-failure.ts';
import type { PullCredentials, SkippedSecret } from '../image/registry/pull-credentials.ts';
import type { RegistryClient } from '../image/registry/registry-client.ts';
import { IMAGE_LIMITS } from '../image/settings.ts';
import type { WantedClaim } from '../signature/cosign/verify-candidate.ts';
import type { Signer } from '../signature/verification.ts';
import type { NamedAuthority } from './bind-image-authorities.ts';
import type { AskedImage, ImageFinding } from './list-images.ts';
import type { OpenRegistry } from './open-registry.ts';
import { verifyImage, type ImageReport } from './verify-image.ts';

export interface ListedJudgeOptions {
  readonly registry: Pick<OpenRegistry, 'credentials' | 'clientFor'>;
  /** Absent: only the configured credentials are shown to registries. */
  readonly pullCredentials?: PullCredentials | undefined;
  readonly authorities: readonly NamedAuthority[];
  readonly wanted: WantedClaim;
  readonly clock: Clock;
  /** Completes `signed by `. */
  readonly formatSigner: (signer: Signer) => string;
}

const SCOPES_MAX = IMAGE_LIMITS['image.list.scopesMax'].default;

/** Never rejects. Where a registry refuses one Pod's credentials, those of the next are tried. */
export async function judgeListedImage(
  asked: AskedImage,
  options: ListedJudgeOptions,
): Promise<ImageFinding> {
  const { registry, pullCredentials } = options;
  if (pullCredentials === undefined) {
    return await judge(asked, options, registry.clientFor(registry.credentials));
  }
  let last: ImageFinding = { status: 'unavailable', reason: 'No Pod names its pull secrets' };
  for (const scope of asked.scopes.slice(0, SCOPES_MAX)) {
    const found = await pullCredentials.read(scope);
    if (found.status === 'unavailable') {
      last = { status: 'unavailable', reason: found.reason };
      continue;
    }
    last = await judge(asked, options, registry.clientFor(found.credentials));
    if (last.status !== 'unreadable' || last.code !== 'image_access_denied') return last;
    last = { ...last, reason: `${last.reason}${explainSkipped(found.skipped)}` };
  }
  return last;
}

async function judge(
  { reference }: AskedImage,
  { authorities, wanted, clock, formatSigner }: ListedJudgeOptions,
  client: RegistryClient,
): Promise<ImageFinding> {
  const report = await verifyImage({ reference, client, authorities, wanted, clock });
  const { verification, manifest } = report;
  switch (verification.status) {
    case 'verified':
      return {
        status: 'signed',
        digest: manifest?.digest ?? '',
        signers: [...new Set(listSigners(report).map(formatSigner))],
      };
    case 'unavailable':
      return { status: 'unavailable', reason: verification.reason };
    case 'rejected': {
      const { code, reason } = verification;
      return { status: isOfRegistry(code) ? 'unreadable' : 'unsigned', code, reason };
    }
  }
}

/** Of every signature that counts. */
function listSigners({ candidates }: ImageReport): readonly Signer[] {
  return candidates
    .flatMap(({ verdicts }) => verdicts)
    .flatMap(({ verification }) =>
      verification.status === 'verified' ? [verification.signer] : [],
    );
}

const REGISTRY_CODES: ReadonlySet<string> = new Set(IMAGE_REJECTION_CODES);

function isOfRegistry(code: string): boolean {
  return REGISTRY_CODES.has(code);
}

function explainSkipped(skipped: readonly SkippedSecret[]): string {
  return skipped.map(({ secret, reason }) => `; the Secret ${secret}: ${reason}`).join('');
}
