/** Verifies an image, and says of each thing beside it why it counted or not. */
import type { Clock } from '../base/clock.ts';
import type { ImageFailure } from '../image/image-failure.ts';
import { formatReference, type ImageReference } from '../image/parse-reference.ts';
import { parseDigest } from '../image/match-digest.ts';
import {
  readAttachedLayers,
  type PlaceFault,
  type PlacedLayer,
} from '../image/read-attached-layers.ts';
import type { RegistryClient } from '../image/registry/registry-client.ts';
import type { BuildFacts } from '../signature/cosign/decide-build.ts';
import {
  combineVerdicts,
  decideAttestation,
  decideSignatures,
  type AttestationDecision,
  type CandidateFindings,
} from '../signature/cosign/decide-image-verdict.ts';
import type { ImageRule } from '../signature/cosign/image-rule.ts';
import { classifyLayer, mayHoldSignature, parseLayer } from '../signature/cosign/parse-layer.ts';
import type { CandidateFormat } from '../signature/cosign/parse-layer.ts';
import {
  verifyCandidate,
  type CandidateFinding,
  type CandidateRequest,
} from '../signature/cosign/verify-candidate.ts';
import {
  rejected,
  type RejectionCode,
  type Signer,
  type Verification,
} from '../signature/verification.ts';
import { parseRepositoryUrl } from '../source/parse-repository-url.ts';

export interface ImageReport {
  /** In its one form. */
  readonly image: string;
  /** As far as it was found. */
  readonly manifest: FoundManifest | undefined;
  readonly candidates: readonly CandidateReport[];
  /** What could not be read: it may be a signature. */
  readonly faults: readonly PlaceFault[];
  /** Each authority that has signed, with each of its keys or identities. */
  readonly signers: readonly SignerReport[];
  /** For each wanted attestation every one that counts and says something of its own; where none counts, why. */
  readonly attestations: readonly AttestationReport[];
  /** Verified where enough distinct authorities have signed, and each wanted attestation is there. */
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
  /** One for each authority; one without a name where no authority was asked, as the candidate counts for nothing. */
  readonly verdicts: readonly NamedVerdict[];
}

export interface NamedVerdict {
  /** Which wanted attestation it may be; absent: a signature, or nothing. */
  readonly attestation?: string | undefined;
  readonly authority?: string | undefined;
  readonly verification: Verification;
}

export interface SignerReport {
  /** By its name in the rule. */
  readonly authority: string;
  readonly signer: Signer;
}

export type AttestationReport = {
  readonly name: string;
  readonly predicateType: string;
} & (
  | ({ readonly status: 'verified' } & SignerReport & BuildFacts)
  | Exclude<ImageVerdict, { readonly status: 'verified' }>
);

/** What a verifier concludes, or why there was nothing to verify. */
export type ImageVerdict = Verification | ImageFailure;

export interface ImageStep {
  /** In the order in which they run. */
  readonly name: 'manifest' | 'collect' | 'verify';
  /** What was found: a few words. */
  readonly found: string;
  readonly durationMs: number;
}

export interface VerifyImageOptions extends ImageRule {
  readonly reference: ImageReference;
  readonly client: RegistryClient;
  readonly clock: Clock;
}

const WANTED_LAYERS = {
  mayHold: mayHoldSignature,
  isWanted: (mediaType: string) => classifyLayer(mediaType) !== undefined,
};

/** Reads the manifest and what lies beside it once, and verifies that against the rule. Never rejects. */
export async function verifyImage(options: VerifyImageOptions): Promise<ImageReport> {
  const { reference, client, clock } = options;
  const { registry, repository, tag = 'latest', digest: pinned } = reference;
  const scope = { registry, repository };
  const steps = createSteps(clock);
  const image = formatReference(reference);
  const found = await client.readManifest(scope, parseDigest(pinned ?? '') ?? tag);
  if (found.status !== 'read') {
    steps.finish('manifest', found.status === 'rejected' ? found.code : found.status);
    const none = { manifest: undefined, candidates: [], faults: [], signers: [] };
    const attestations = options.attestations.map(({ name, predicateType }) => ({
      name,
      predicateType,
      ...found,
    }));
    return { image, ...none, attestations, verification: found, steps: steps.done };
  }
  const { digest } = found;
  const { mediaType, kind } = found.manifest;
  steps.finish('manifest', kind);

  const { layers, faults } = await readAttachedLayers(client, scope, {
    digest,
    wanted: WANTED_LAYERS,
  });
  steps.finish('collect', `${layers.length} candidates`);

  const request = {
    digest: digest.text,
    rule: options,
    nowMs: clock.wallMs(),
    normalizeRepository,
  };
  const judged = layers.map((layer) => judgeLayer(layer, request));
  const findings = judged.map((one) => one.findings);
  const decision = decideImage(findings, options, faults);
  steps.finish(
    'verify',
    decision.verification.status === 'rejected'
      ? decision.verification.code
      : decision.verification.status,
  );
  const manifest = { digest: digest.text, mediaType, sizeBytes: found.bytes.length };
  const candidates = judged.map(({ report }) => report);
  return { image, manifest, candidates, faults, ...decision, steps: steps.done };
}

function normalizeRepository(url: string): string | undefined {
  const parsed = parseRepositoryUrl(url);
  return parsed.ok ? parsed.repository.normal : undefined;
}

interface JudgedLayer {
  readonly report: CandidateReport;
  readonly findings: readonly CandidateFinding[];
}

function judgeLayer(layer: PlacedLayer, request: CandidateRequest): JudgedLayer {
  const { place, mediaType } = layer;
  // Only such layers were collected.
  const format = classifyLayer(mediaType) ?? 'bundle';
  const candidate = parseLayer(layer, format);
  const findings: readonly CandidateFinding[] =
    candidate.status === 'rejected'
      ? [{ kind: 'none', verification: candidate }]
      : verifyCandidate(candidate.value, request);
  return { report: { place, format, verdicts: findings.map(reportFinding) }, findings };
}

function reportFinding(finding: CandidateFinding): NamedVerdict {
  const { verification } = finding;
  switch (finding.kind) {
    case 'none':
      return { verification };
    case 'signature':
      return { authority: finding.authority.name, verification };
    case 'attestation': {
      const { wanted, authority } = finding;
      return { attestation: wanted.name, authority: authority.name, verification };
    }
  }
}

function decideImage(
  findings: CandidateFindings,
  rule: ImageRule,
  faults: readonly PlaceFault[],
): Pick<ImageReport, 'signers' | 'attestations' | 'verification'> {
  const signed = decideSignatures(findings, rule);
  const attested = rule.attestations.map((wanted) => decideAttestation(findings, wanted));
  const parts = [
    ...(signed.verification === undefined ? [] : [signed.verification]),
    ...attested.map(({ verification }) => verification),
  ].map((verification) => decideWithFaults(verification, faults));
  return {
    signers: signed.signers.map(({ authority, signer }) => ({ authority: authority.name, signer })),
    attestations: attested.flatMap((one) => reportAttestation(one, faults)),
    verification: combineVerdicts(parts) ?? NOTHING_ASKED,
  };
}

/** A rule that asks for nothing would let every image pass. */
const NOTHING_ASKED = rejected('unsigned', 'No signature and no attestation is asked for');

function reportAttestation(
  { wanted, counted, verification }: AttestationDecision,
  faults: readonly PlaceFault[],
): readonly AttestationReport[] {
  const { name, predicateType } = wanted;
  const verdict = decideWithFaults(verification, faults);
  if (verdict.status !== 'verified') return [{ name, predicateType, ...verdict }];
  return counted.map(({ authority, signer, build }) => ({
    name,
    predicateType,
    status: 'verified',
    authority: authority.name,
    signer,
    ...build,
  }));
}

/** What could not be read may be what is missing: without it, nobody can say that the image does not have it. */
function decideWithFaults(verdict: Verification, faults: readonly PlaceFault[]): ImageVerdict {
  if (verdict.status !== 'rejected') return verdict;
  const unavailable = faults.find(({ failure }) => failure.status === 'unavailable');
  if (unavailable !== undefined) return unavailable.failure;
  return MISSING.has(verdict.code) ? (faults[0]?.failure ?? verdict) : verdict;
}

const MISSING: ReadonlySet<string> = new Set<RejectionCode>([
  'unsigned',
  'too_few_signatures',
  'attestation_missing',
]);

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
