/** The outcome of one policy for one request. */
import type { ErrorCode } from '../errors.ts';

export interface Finding {
  /** Stable and machine-readable: `managed_object_changed`. */
  readonly code: string;
  /** One or more short lines for a person. */
  readonly message: string;
  readonly path?: string | undefined;
  /** The remedy: a line, and below it the command that requests a grant, if one is possible. */
  readonly remedy?: string | undefined;
  readonly details?: unknown;
}

/** One operation of a JSON patch (RFC 6902 section 4). */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string | undefined;
  readonly value?: unknown;
}

/**
 * Only an evaluation that completed can be `evaluated`; everything else is `unavailable`, and the policy's
 * failure mode applies.
 */
export type PolicyOutcome =
  | {
      readonly status: 'evaluated';
      readonly policy: string;
      readonly deny: readonly Finding[];
      readonly warn: readonly Finding[];
      readonly audit: readonly Finding[];
      readonly patch: readonly PatchOperation[];
    }
  | {
      readonly status: 'unavailable';
      readonly policy: string;
      readonly code: ErrorCode;
      readonly reason: string;
    };
