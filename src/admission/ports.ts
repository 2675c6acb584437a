/**
 * What the request path needs from the rest of Holdfast. Features implement these; `compose/` binds them.
 * Every port answers with data, and none throws for an expected outcome.
 */
import type { MonotonicMs } from '../base/clock.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import type { Recorded } from '../audit/journal.ts';
import type { ErrorCode } from '../errors.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import type { PolicyOutcome } from '../policy/outcome.ts';
import type { RequestCause } from '../policy/request-cause.ts';
import type { RequestOutline } from '../policy/wasm/prune-json.ts';
import type { FoundGrants } from '../identity/grants/find-grant.ts';
import type { AdmissionRoute } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Facts } from './facts/fact.ts';

/** Finds the grant for a denied request. Never rejects. */
export type BreakGlass = (
  request: AdmissionRequest,
  deadlineAtMs: MonotonicMs,
) => Promise<FoundGrants>;

/** The input of one evaluation. */
export interface EvaluationInput {
  readonly policies: readonly PolicyDescriptor[];
  /** The AdmissionRequest's own JSON text (UTF-8), exactly as the API server sent it. */
  readonly requestJson: Uint8Array;
  /** Where its members are. Without it, every policy is given the whole request. */
  readonly requestOutline?: RequestOutline | undefined;
  readonly cause: RequestCause;
  readonly facts: Facts;
  /** Each policy's parameters, by policy name. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The deadline in milliseconds, after which an answer is useless. */
  readonly deadlineAtMs: MonotonicMs;
}

export interface PolicyEngine {
  /** The bundle's content hash: identifies the policies of a decision. */
  readonly revision: string;
  readonly descriptors: readonly PolicyDescriptor[];
  /** One outcome for each policy of the input, in the same order. Never rejects. */
  readonly evaluate: (input: EvaluationInput) => Promise<readonly PolicyOutcome[]>;
}

/**
 * Resolves when the record is as durable as configured, with its position if it has one by then; by the deadline at
 * the latest. A repeated refusal may be counted with others. If it rejects, the decision fails closed.
 */
export interface DecisionRecorder {
  readonly record: (record: AuditRecord, deadlineAtMs: MonotonicMs) => Promise<Recorded> | Recorded;
}

/** Observes every answer, for metrics and logs. It cannot change one, and must not throw. */
export interface AdmissionObserver {
  readonly decided: (route: AdmissionRoute, request: AdmissionRequest, decision: Decision) => void;
  readonly rejected: (route: AdmissionRoute, rejection: Rejection) => void;
  /** An internal fault that caused a denial: the only place that reports its cause. */
  readonly faulted: (request: AdmissionRequest, fault: unknown) => void;
}

/** A review that could not be decoded. */
export interface Rejection {
  readonly code: ErrorCode;
  readonly message: string;
}
