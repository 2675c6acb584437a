/** Verifies an image, and says of each thing beside it why it counted or not. */
import type { Clock, WallMs } from '../base/clock.ts';
import type { ImageFailure } from '../image/image-failure.ts';
import { formatReference, type ImageReference } from '../image/parse-reference.ts';
import { parseDigest } from '../image/match-digest.ts';
import {
  readAttachedLayers,
  type PlaceFault,
  type PlacedLayer,
} from '../image/read-attached-layers.ts';
import type { RegistryClient } from '../image/registry/registry-client.ts';
import { decideImageVerdict } from '../signature/cosign/decide-image-verdict.ts';
import { classifyLayer, mayHoldSignature, parseLayer } from '../signature/cosign/parse-layer.ts';
import type { CandidateFormat } from '../signature/cosign/parse-layer.ts';
import { verifyCandidate, type WantedClaim } from '../signature/cosign/verify-candidate.ts';
import type { Verification } from '../signature/verification.ts';
import type { NamedAuthority } from './bind-image-authorities.ts';

export interface ImageReport {
  /** In its one form. */
  readonly image: string;
  /** As far as it was found. */
  readonly manifest: FoundManifest | undefined;
  readonly candidates: readonly CandidateReport[];
  /** What could not be read: it may be a signature. */
  readonly faults: readonly PlaceFault[];
  readonly verification: ImageVerdict;
  readonly steps: readonly ImageStep[];
}

export interface FoundManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

export interface CandidateReport {
  readonly place: string;
  readonly format: CandidateFormat;
  /** One for each authority; one without a name where no authority was asked, as the candidate cannot be read. */
  readonly verdicts: readonly NamedVerdict[];
}

export interface NamedVerdict {
  readonly authority?: string | undefined;
  readonly verification: Verification;
}

/** What a verifier concludes, or why there was nothing to verify. */
export type ImageVerdict = Verification | ImageFailure;

export interface ImageStep {
  /** In the order in which they run. */
  readonly name: 'manifest' | 'collect' | 'verify';
  /** What was found: a few words. */
  readonly found: string;
  readonly durationMs: number;
}

export interface VerifyImageOptions {
  readonly reference: ImageReference;
  readonly client: RegistryClient;
  readonly authorities: readonly NamedAuthority[];
  readonly wanted: WantedClaim;
  readonly clock: Clock;
}

const WANTED_LAYERS = {
  mayHold: mayHoldSignature,
  isWanted: (mediaType: string) => classifyLayer(mediaType) !== undefined,
};

/** Reads the manifest and what lies beside it, and verifies that. Never rejects. */
export async function verifyImage(options: VerifyImageOptions): Promise<ImageReport> {
  const { reference, client, authorities, wanted, clock } = options;
  const { registry, repository, tag = 'latest', digest: pinned } = reference;
  const scope = { registry, repository };
  const steps = createSteps(clock);
  const image = formatReference(reference);
  const found = await client.readManifest(scope, parseDigest(pinned ?? '') ?? tag);
  if (found.status !== 'read') {
    steps.finish('manifest', found.status === 'rejected' ? found.code : found.status);
    const none = { manifest: undefined, candidates: [], faults: [] };
    return { image, ...none, verification: found, steps: steps.done };
  }
  const { digest } = found;
  const { mediaType, kind } = found.manifest;
  steps.finish('manifest', kind);

  const { layers, faults } = await readAttachedLayers(client, scope, {
    digest,
    wanted: WANTED_LAYERS,
  });
  steps.finish('collect', `${layers.length} candidates`);

  const request = { digest: digest.text, wanted, authorities, nowMs: clock.wallMs() };
  const candidates = layers.map((layer) => judgeLayer(layer, request));
  const verdicts = candidates.flatMap((one) =>
    one.verdicts.map(({ verification }) => verification),
  );
  const verification = decideWithFaults(decideImageVerdict(verdicts, wanted), faults);
  steps.finish(
    'verify',
    verification.status === 'rejected' ? verification.code : verification.status,
  );
  const manifest = { digest: digest.text, mediaType, sizeBytes: found.bytes.length };
  return { image, manifest, candidates, faults, verification, steps: steps.done };
}

interface LayerRequest {
  readonly digest: string;
  readonly wanted: WantedClaim;
  readonly authorities: readonly NamedAuthority[];
  readonly nowMs: WallMs;
}

function judgeLayer(layer: PlacedLayer, request: LayerRequest): CandidateReport {
  const { place, mediaType } = layer;
  const { authorities, ...asked } = request;
  // Only such layers were collected.
  const format = classifyLayer(mediaType) ?? 'bundle';
  const candidate = parseLayer(layer, format);
  if (candidate.status === 'rejected') {
    return { place, format, verdicts: [{ verification: candidate }] };
  }
  const verdicts = authorities.map(({ name, authority }) => ({
    authority: name,
    verification: verifyCandidate(candidate.value, { ...asked, authority }),
  }));
  return { place, format, verdicts };
}

/** What could not be read may be the signature that counts: without it, nobody can say that the image has none. */
function decideWithFaults(verdict: Verification, faults: readonly PlaceFault[]): ImageVerdict {
  if (verdict.status !== 'rejected') return verdict;
  const unavailable = faults.find(({ failure }) => failure.status === 'unavailable');
  if (unavailable !== undefined) return unavailable.failure;
  return verdict.code === 'unsigned' ? (faults[0]?.failure ?? verdict) : verdict;
}

function createSteps({ monotonicMs }: Clock) {
  const done: ImageStep[] = [];
  let startMs = monotonicMs();
  return {
    done,
    finish(name: ImageStep['name'], found: string): void {
      const nowMs = monotonicMs();
      done.push({ name, found, durationMs: nowMs - startMs });
      startMs = nowMs;
    },
  };
}
