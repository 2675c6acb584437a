/** Parses the revisions in the status of Argo CD and Flux. Source: fluxcd RFC-0005 "Artifact revision format". */
import type { RevisionClaimant, RevisionHint } from './revision-hint.ts';

export type ParsedRevision =
  /** A Git object: a branch, tag or nothing, then its id. */
  | { readonly kind: 'commit'; readonly name: string; readonly objectId: string }
  /** A digest of an artifact, or the id of an object in a SHA-256 repository: the source's kind tells which. */
  | { readonly kind: 'digest'; readonly name: string; readonly digest: string }
  /** Something else: the version of a chart, a branch without a commit. */
  | { readonly kind: 'other' };

/** A revision is a ref and a digest; a ref has at most 255 bytes in practice. */
const REVISION_CHARS_MAX = 1024;

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u;
const ALGORITHM = /^(?:(?<name>[^@]*)@)?sha(?<bits>1|256):(?<hex>[0-9a-f]+)$/u;
/** Until Flux 2.0: `main/` and the object id. */
const LEGACY = /^(?<name>.+)\/(?<hex>[0-9a-f]{40})$/u;

/** Whether a text is the id of a Git object, SHA-1 or SHA-256, in full. */
export function isObjectId(text: string): boolean {
  return OBJECT_ID.test(text);
}

/** Parses any text; never throws. */
export function parseRevision(text: string): ParsedRevision {
  if (text.length > REVISION_CHARS_MAX) return { kind: 'other' };
  if (isObjectId(text)) return { kind: 'commit', name: '', objectId: text };
  const { name = '', bits, hex = '' } = ALGORITHM.exec(text)?.groups ?? {};
  if (bits === '1' && hex.length === 40) return { kind: 'commit', name, objectId: hex };
  if (bits === '256' && hex.length === 64) return { kind: 'digest', name, digest: hex };
  const legacy = LEGACY.exec(text)?.groups;
  return legacy?.['name'] !== undefined && legacy['hex'] !== undefined
    ? { kind: 'commit', name: legacy['name'], objectId: legacy['hex'] }
    : { kind: 'other' };
}

/** The commit that a field of a Git source's status claims; `undefined` if it claims none. */
export function parseGitHint(
  text: string | null | undefined,
  claimedBy: RevisionClaimant,
): RevisionHint | undefined {
  const parsed = parseRevision(text ?? '');
  switch (parsed.kind) {
    case 'commit':
      return { claimedObjectId: parsed.objectId, claimedBy };
    // A Git source's digest is the id of an object in a SHA-256 repository.
    case 'digest':
      return { claimedObjectId: parsed.digest, claimedBy };
    case 'other':
      return undefined;
  }
}

/** Without what is absent, and without repetitions: the first claim of an object id stays. */
export function uniqueHints(hints: readonly (RevisionHint | undefined)[]): readonly RevisionHint[] {
  const byObjectId = new Map<string, RevisionHint>();
  for (const hint of hints) {
    if (hint !== undefined && !byObjectId.has(hint.claimedObjectId)) {
      byObjectId.set(hint.claimedObjectId, hint);
    }
  }
  return [...byObjectId.values()];
}
