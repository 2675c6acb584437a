/** Why something of a registry cannot be had: a final answer, or none. */

/** Final, until the registry or the configuration changes. */
export interface ImageRejected {
  readonly status: 'rejected';
  readonly code: ImageRejectionCode;
  /** One sentence, without a period. */
  readonly reason: string;
}

/** Codes are stable: they stand in the output of commands. */
export const IMAGE_REJECTION_CODES = [
  /** The registry has nothing by this name. */
  'image_absent',
  /** The registry does not let us read it. */
  'image_access_denied',
  /** An address, a redirect or plain http that nobody has allowed. */
  'image_registry_refused',
  /** More, or larger, than is read. */
  'image_limit_exceeded',
  /** The bytes are not those of the digest, or no manifest. */
  'image_registry_lied',
] as const;

export type ImageRejectionCode = (typeof IMAGE_REJECTION_CODES)[number];

/** Nobody can tell now. Never stored as an answer. */
export interface ImageUnavailable {
  readonly status: 'unavailable';
  readonly reason: string;
  readonly retryAfterMs: number;
}

export type ImageFailure = ImageRejected | ImageUnavailable;

/** A registry that fails is asked again after this, by whoever needs it. */
export const RETRY_AFTER_MS = 10_000;

/** A final answer. */
export function rejectImage(code: ImageRejectionCode, reason: string): ImageRejected {
  return { status: 'rejected', code, reason };
}

/** No answer now. */
export function imageUnavailable(reason: string, retryAfterMs = RETRY_AFTER_MS): ImageUnavailable {
  return { status: 'unavailable', reason, retryAfterMs };
}
