/** A decision: the whole answer to one admission review, with its reasons. Built by `decide.ts` only. */
import type { WallMs } from '../base/clock.ts';
import type { JournalPlace } from '../audit/journal.ts';
import type { ErrorCode } from '../errors.ts';
import type { UsedGrant } from '../identity/grants/find-grant.ts';
import type { PolicyMode } from '../policy/descriptor.ts';
import type { Finding, PatchOperation } from '../policy/outcome.ts';
import type { KnownFacts } from './facts/fact.ts';

export interface PolicyVerdict {
  readonly policy: string;
  readonly mode: PolicyMode;
  readonly status: 'passed' | 'denied' | 'warned' | 'audited' | 'unavailable';
  readonly findings: readonly Finding[];
  /** Set if the policy could not be evaluated. */
  readonly unavailable?: { readonly code: ErrorCode; readonly reason: string } | undefined;
}

/** The denial that the mode enforce would have given. */
export interface WouldDeny {
  /** As of a denial: the code of the finding, or of the policy that was unavailable. */
  readonly code: string;
  /** The message that the user would have read. */
  readonly message: string;
  /** The policies that would have refused, all of them in the modes warn and audit. */
  readonly policies: readonly string[];
}

/** Milliseconds that the parts of a decision took. */
export interface DecisionTimings {
  /** Matching the policies and gathering the facts that they read. */
  readonly gatherMs: number;
  /** Evaluating the policies, including the wait for a worker. */
  readonly evaluateMs: number;
}

export interface Decision {
  /** A ULID: sorts by time, is printed in every denial. */
  readonly id: string;
  readonly allowed: boolean;
  /** `allowed`, or the code of the finding or error that decided. */
  readonly code: string;
  /**
   * HTTP status for the API server's client: 403 for a denial, 503 if a policy was unavailable, 200
   * otherwise.
   */
  readonly httpStatus: number;
  /** The message for the user; empty if allowed. */
  readonly message: string;
  /** Set if the request is allowed only because policies are in the modes warn and audit. */
  readonly wouldDeny?: WouldDeny | undefined;
  readonly warnings: readonly string[];
  readonly patch: readonly PatchOperation[];
  readonly policies: readonly PolicyVerdict[];
  readonly dryRun: boolean;
  readonly cluster: string;
  readonly policyRevision: string;
  readonly decidedAtMs: WallMs;
  readonly durationMs: number;
  /** Absent if the decision was made without gathering and evaluating. */
  readonly timings?: DecisionTimings | undefined;
  /** The position of the record in the journal; absent if it has none yet, or was not recorded. */
  readonly place?: JournalPlace | undefined;
  /** The facts that were known. */
  readonly facts: KnownFacts;
  /** The break-glass grant that let the request pass. */
  readonly grant?: UsedGrant | undefined;
}
