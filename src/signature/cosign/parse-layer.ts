/** Which layers beside an image may be signatures, and what they hold. Source: cosign, specs/BUNDLE_SPEC.md and SIGNATURE_SPEC.md. */
import type { Parsed } from '../parsed.ts';
import type { AttachedLayer, Candidate } from './candidate.ts';
import { parseBundle } from './parse-bundle.ts';
import { parseEnvelopeLayer, parseSimpleSigningLayer } from './parse-legacy-layer.ts';

/** In words for a person. */
export type CandidateFormat = 'simple signing' | 'DSSE envelope' | 'bundle';

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle';

/** Undefined: the layer is of another kind, for example a list of packages. */
export function classifyLayer(mediaType: string): CandidateFormat | undefined {
  if (mediaType === SIMPLE_SIGNING) return 'simple signing';
  if (mediaType === ENVELOPE) return 'DSSE envelope';
  return isBundle(mediaType) ? 'bundle' : undefined;
}

/** Reads a layer of a format that `classifyLayer` knows. */
export function parseLayer(layer: AttachedLayer, format: CandidateFormat): Parsed<Candidate> {
  switch (format) {
    case 'simple signing':
      return parseSimpleSigningLayer(layer);
    case 'DSSE envelope':
      return parseEnvelopeLayer(layer);
    case 'bundle':
      return parseBundle(layer.bytes);
  }
}

const ARTIFACT_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.dev.cosign.artifact.sig.v1+json',
  'application/vnd.in-toto+json',
  SIMPLE_SIGNING,
  ENVELOPE,
]);

/** What registries and tools write where they do not know the type of an artifact. */
const UNKNOWN_TYPES: ReadonlySet<string> = new Set([
  '',
  'application/vnd.oci.empty.v1+json',
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
]);

/** Whether an artifact of this type can hold a signature. One without a type can: only its layers tell. */
export function mayHoldSignature(artifactType: string | undefined): boolean {
  if (artifactType === undefined || UNKNOWN_TYPES.has(artifactType)) return true;
  return ARTIFACT_TYPES.has(artifactType) || isBundle(artifactType);
}

function isBundle(type: string): boolean {
  return type.startsWith(`${BUNDLE}.`) || type.startsWith(`${BUNDLE}+`);
}
