/** The record of one decision: who wanted what, what was answered, and why. Plain data, free of Secret values. */
import type { ActorClass, ActorProof } from '../identity/actor.ts';
import type { Operation } from '../kubernetes/admission-request.ts';
import type { ChangeFact } from '../ownership/change.ts';
import type { ManagingTool } from '../ownership/object-fact.ts';
import type { PolicyMode } from '../policy/descriptor.ts';
import type { SourceFact } from '../source/source-fact.ts';

export interface AuditRecord {
  readonly decisionId: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly cluster: string;
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
    readonly resource: string;
    readonly subresource: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  };
  readonly managedBy?: { readonly tool: ManagingTool; readonly app: string } | undefined;
  readonly change?: ChangeFact | undefined;
  readonly source?: SourceFact | undefined;
  readonly allowed: boolean;
  readonly code: string;
  readonly message: string;
  readonly policies: readonly AuditedVerdict[];
  readonly policyRevision: string;
  readonly durationMs: number;
}

/** One policy's part in a decision. */
export interface AuditedVerdict {
  readonly policy: string;
  readonly mode: PolicyMode;
  readonly status: 'passed' | 'denied' | 'warned' | 'audited' | 'unavailable';
  readonly codes: readonly string[];
}
