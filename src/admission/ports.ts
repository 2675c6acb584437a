/**
 * What the request path needs from the rest of Holdfast. Features implement these; `compose/` binds them.
 * Every port answers with data, and none throws for an expected outcome.
 */
import type { MonotonicMs } from '../base/clock.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import type { JournalPlace } from '../audit/journal.ts';
import type { ErrorCode } from '../errors.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import type { PolicyOutcome } from '../policy/outcome.ts';
import type { RequestCause } from '../policy/request-cause.ts';
import type { FoundGrants } from '../identity/grants/find-grant.ts';
import type { AdmissionRoute } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Facts } from './facts/fact.ts';

/** Finds the grant that a refused request was presented with. Never rejects. */
export type BreakGlass = (
  request: AdmissionRequest,
  deadlineAtMs: MonotonicMs,
) => Promise<FoundGrants>;

/** One call into the policies. */
export interface EvaluationInput {
  readonly policies: readonly PolicyDescriptor[];
  /** The AdmissionRequest's own JSON text (UTF-8), exactly as the API server sent it. */
  readonly requestJson: Uint8Array;
  readonly cause: RequestCause;
  readonly facts: Facts;
  /** Each policy's parameters, by policy name. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Milliseconds since the epoch at which an answer is of no more use. */
  readonly deadlineAtMs: MonotonicMs;
}

export interface PolicyEngine {
  /** The bundle's content hash: says which policies made a decision. */
  readonly revision: string;
  readonly descriptors: readonly PolicyDescriptor[];
  /** One outcome for each policy of the input, in the same order. Never rejects. */
  readonly evaluate: (input: EvaluationInput) => Promise<readonly PolicyOutcome[]>;
}

/**
 * Resolves when the record is as durable as the configuration asks, with its place where it has one by then; by the
 * deadline at the latest. A rejected promise fails the decision closed.
 */
export interface DecisionRecorder {
  readonly record: (
    record: AuditRecord,
    deadlineAtMs: MonotonicMs,
  ) => Promise<JournalPlace | undefined> | JournalPlace | undefined;
}

/** Hears of every answer: metrics and logs. It cannot change one, and must not throw. */
export interface AdmissionObserver {
  readonly decided: (route: AdmissionRoute, request: AdmissionRequest, decision: Decision) => void;
  readonly rejected: (route: AdmissionRoute, rejection: Rejection) => void;
  /** A fault that became a refusal: the only place where its cause is told. */
  readonly faulted: (request: AdmissionRequest, fault: unknown) => void;
}

/** A review that could not be read. */
export interface Rejection {
  readonly code: ErrorCode;
  readonly message: string;
}
