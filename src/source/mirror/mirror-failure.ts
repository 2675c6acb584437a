/** Why a revision cannot be had: a final answer of the repository, or no answer. */

/** Codes are stable: they stand in denials, records and the output of commands. */
export const REVISION_REJECTION_CODES = [
  /** The URL, ref or object id is malformed, or names something that is never fetched. */
  'repository_refused',
  /** Nothing in the repository has the name that the application follows. */
  'ref_absent',
  /** The repository has no such object, or it is neither a commit nor a tag. */
  'revision_absent',
  /** The repository has the object, and what the application follows does not contain it. */
  'revision_unreachable',
  /** The bytes belong to another id. */
  'object_mismatch',
  'object_malformed',
  'object_too_large',
] as const;

export type RevisionRejectionCode = (typeof REVISION_REJECTION_CODES)[number];

/** Final for this repository as it is now. */
export interface RevisionRejected {
  readonly status: 'rejected';
  readonly code: RevisionRejectionCode;
  /** One sentence, without a period. */
  readonly reason: string;
}

/** Nobody can tell now. Never stored as an answer. */
export interface RevisionUnavailable {
  readonly status: 'unavailable';
  readonly reason: string;
  readonly retryAfterMs: number;
  /** The mirror on disk is unreadable and has to be made again. */
  readonly isMirrorDamaged?: true | undefined;
  /** The server named another address, which was not followed. */
  readonly isRedirected?: true | undefined;
}

export type RevisionFailure = RevisionRejected | RevisionUnavailable;

/** A server that fails is asked again after this, by whoever needs it. */
const RETRY_AFTER_MS = 10_000;

/** A final answer. */
export function rejectRevision(code: RevisionRejectionCode, reason: string): RevisionRejected {
  return { status: 'rejected', code, reason };
}

/** No answer now. */
export function revisionUnavailable(reason: string): RevisionUnavailable {
  return { status: 'unavailable', reason, retryAfterMs: RETRY_AFTER_MS };
}

/** No answer now, as our copy on disk cannot be read. */
export function mirrorDamaged(reason: string): RevisionUnavailable {
  return { ...revisionUnavailable(reason), isMirrorDamaged: true };
}
