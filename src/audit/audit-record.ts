/** The record of one decision: who wanted what, what was answered, and why. Plain data, free of Secret values. */
import type { ActorClass, ActorProof } from '../identity/actor.ts';
import type { Operation } from '../kubernetes/admission-request.ts';
import type { ChangeFact } from '../ownership/change.ts';
import type { ManagingTool } from '../ownership/object-fact.ts';
import type { PolicyMode } from '../policy/descriptor.ts';
import type { SourceFact } from '../source/parse-application.ts';

export interface AuditRecord {
  /** The version of this shape; the published JSON schema has the same. */
  readonly schemaVersion: 1;
  readonly decisionId: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly cluster: string;
  /** Which of our processes decided: the pod's name, else the host's. */
  readonly replica: string;
  readonly route: 'validate' | 'mutate';
  readonly requestUid: string;
  readonly operation: Operation;
  readonly dryRun: boolean;
  readonly user: {
    readonly username: string;
    readonly uid?: string | undefined;
    readonly groups: readonly string[];
    readonly extra: Readonly<Record<string, readonly string[]>>;
  };
  readonly actor?: { readonly class: ActorClass; readonly proof: ActorProof } | undefined;
  readonly object: {
    readonly group: string;
    readonly version: string;
    readonly resource: string;
    readonly subresource: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    /** Absent where the object is not stored yet. */
    readonly uid?: string | undefined;
  };
  readonly managedBy?: { readonly tool: ManagingTool; readonly app: string } | undefined;
  readonly change?: ChangeFact | undefined;
  readonly source?: SourceFact | undefined;
  readonly allowed: boolean;
  readonly code: string;
  readonly message: string;
  readonly policies: readonly AuditedVerdict[];
  readonly policyRevision: string;
  /** SHA-256 of the configuration in force. */
  readonly configurationHash: string;
  /** The break-glass grant that the request came under. */
  readonly grant?: RecordedGrant | undefined;
  /** The whole decision, and its parts. */
  readonly durationMs: number;
  readonly timings?: RecordedTimings | undefined;
  /** The mode of the policy that decided: `enforce` for a refusal, the strictest that objected for an allow. */
  readonly mode?: PolicyMode | undefined;
  /** Parts of the record that were cut to its size limit. Absent where it is whole. */
  readonly cut?: readonly string[] | undefined;
}

/** Milliseconds that the parts of a decision took. */
export interface RecordedTimings {
  /** Finding the matching policies and the facts they read. */
  readonly gatherMs: number;
  /** The call into the policies, waiting for a worker included. */
  readonly evaluateMs: number;
}

/**
 * Whether a value read back from a journal can be a record: enough to find its parts. The chain says that nothing was
 * changed; `record-schema.ts` checks every member.
 */
export function isAuditRecord(value: unknown): value is AuditRecord {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'schemaVersion' in value &&
    value.schemaVersion === 1 &&
    ['decisionId', 'time', 'code'].every((name) => typeof Reflect.get(value, name) === 'string') &&
    ['user', 'object'].every((name) => isFilled(Reflect.get(value, name))) &&
    Array.isArray(Reflect.get(value, 'policies'))
  );
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** One policy's part in a decision. */
export interface AuditedVerdict {
  readonly policy: string;
  readonly mode: PolicyMode;
  readonly status: 'passed' | 'denied' | 'warned' | 'audited' | 'unavailable';
  readonly codes: readonly string[];
}

/** What a record says of a break-glass grant. */
export interface RecordedGrant {
  readonly id: string;
  readonly subject: string;
  readonly reason: string;
  readonly ticket: string;
  /** RFC 3339. */
  readonly expires: string;
  readonly approvers: readonly string[];
  /** Which of its uses this was, from 1. */
  readonly use: number;
  readonly usesLeft: number;
}
