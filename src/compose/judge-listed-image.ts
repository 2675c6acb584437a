/** Judges a running image with the credentials that its Pods have. */
import type { ImageReference } from '../image/parse-reference.ts';
import type { PullCredentials, SkippedSecret } from '../image/registry/pull-credentials.ts';
import type { RegistryClient } from '../image/registry/registry-client.ts';
import { IMAGE_LIMITS } from '../image/settings.ts';
import type { AskedImage, ImageFinding } from './list-images.ts';
import type { OpenRegistry } from './open-registry.ts';

export interface ListedCredentials {
  readonly registry: Pick<OpenRegistry, 'credentials' | 'clientFor'>;
  /** Absent: only the configured credentials are shown to registries. */
  readonly pullCredentials?: PullCredentials | undefined;
}

export interface ListedJudgeOptions extends ListedCredentials {
  /** Never rejects. */
  readonly verify: (reference: ImageReference, client: RegistryClient) => Promise<ImageFinding>;
}

const SCOPES_MAX = IMAGE_LIMITS['image.list.scopesMax'].default;

/** Never rejects. Where a registry refuses one Pod's credentials, those of the next are tried. */
export async function judgeListedImage(
  asked: AskedImage,
  options: ListedJudgeOptions,
): Promise<ImageFinding> {
  const { registry, pullCredentials, verify } = options;
  const { reference } = asked;
  if (pullCredentials === undefined) {
    return await verify(reference, registry.clientFor(registry.credentials));
  }
  let unknown: ImageFinding | undefined;
  let refused: ImageFinding | undefined;
  for (const scope of asked.scopes.slice(0, SCOPES_MAX)) {
    const found = await pullCredentials.read(scope);
    if (found.status === 'unavailable') {
      unknown = { status: 'unavailable', reason: found.reason };
      continue;
    }
    const finding = await verify(reference, registry.clientFor(found.credentials));
    if (finding.status !== 'unreadable' || finding.code !== 'image_access_denied') return finding;
    refused = { ...finding, reason: `${finding.reason}${explainSkipped(found.skipped)}` };
  }
  // A Secret that could not be read may have the credential.
  return unknown ?? refused ?? NO_SCOPE;
}

const NO_SCOPE: ImageFinding = { status: 'unavailable', reason: 'No Pod says how it is pulled' };

function explainSkipped(skipped: readonly SkippedSecret[]): string {
  return skipped.map(({ secret, reason }) => `; the Secret ${secret}: ${reason}`).join('');
}
