/** The record of one decision: user, request, response and reasons. Plain data, without values of Secrets. */
import type { ActorClass, ActorCredential, ActorProof } from '../identity/actor.ts';
import type { Operation } from '../kubernetes/admission-request.ts';
import type { ChangeFact } from '../ownership/change.ts';
import type { ManagingTool } from '../ownership/object-fact.ts';
import type { PolicyMode } from '../policy/descriptor.ts';
import type { ImageAttestation, ImageSigner } from '../image/image-conclusion.ts';
import type { CommitFact, CommitSigner } from '../source/commits/commit-fact.ts';
import type { SourceManifestFact } from '../source/manifest/manifest-fact.ts';
import type { SourceFact } from '../source/parse-application.ts';
import type { ClaimedInitiator } from '../source/parse-initiator.ts';

export interface AuditRecord {
  /** The version of the record format, as in the published JSON schema. */
  readonly schemaVersion: 1;
  readonly decisionId: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly cluster: string;
  /** The replica that decided: the pod's name, else the host's. */
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
  readonly actor?:
    | {
        readonly class: ActorClass;
        readonly proof: ActorProof;
        readonly credential?: ActorCredential | undefined;
      }
    | undefined;
  readonly object: {
    readonly group: string;
    readonly version: string;
    readonly resource: string;
    readonly subresource: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    /** Absent if the object is not stored yet. */
    readonly uid?: string | undefined;
  };
  readonly managedBy?: { readonly tool: ManagingTool; readonly app: string } | undefined;
  readonly change?: ChangeFact | undefined;
  readonly source?: RecordedSource | undefined;
  /** Who asked Argo CD for the operation, as Argo CD says: a claim, which nobody has proven. */
  readonly initiatedBy?: ClaimedInitiator | undefined;
  /** New images whose signature was judged. */
  readonly images?: readonly RecordedImage[] | undefined;
  /** What the policies were given, without secrets; where `audit.journal.input` asks for it, and it fits. */
  readonly input?: RecordedInput | undefined;
  readonly allowed: boolean;
  readonly code: string;
  readonly message: string;
  /** The denial that the mode enforce would have given; present if only the modes warn and audit let the request pass. */
  readonly wouldDeny?: { readonly code: string; readonly message: string } | undefined;
  readonly policies: readonly AuditedVerdict[];
  readonly policyRevision: string;
  /** SHA-256 of the active configuration. */
  readonly configurationHash: string;
  /** The break-glass grant of the request. */
  readonly grant?: RecordedGrant | undefined;
  /** The duration of the whole decision, and of its parts. */
  readonly durationMs: number;
  readonly timings?: RecordedTimings | undefined;
  /**
   * The mode of the policy that decided: `enforce` for a denial; for an allow, the strictest mode with
   * findings.
   */
  readonly mode?: PolicyMode | undefined;
  /** Parts of the record that were truncated to the size limit. Absent if it is complete. */
  readonly cut?: readonly string[] | undefined;
  /**
   * Present if nobody asked: Holdfast found something by itself, or was told of it (`observed`). The user is Holdfast, the object what it
   * is about.
   */
  readonly finding?: true | undefined;
  /** Of a finding about an object that was changed past admission. */
  readonly drifted?: RecordedDrift | undefined;
  /** Of a finding about the version that an application was brought to. */
  readonly applicationVersion?: RecordedVersion | undefined;
  /** Of a finding that somebody else has seen and told. The user is whoever is said to have done it. */
  readonly observed?: RecordedObservation | undefined;
  /** The span of the request, where traces are sent and this one was sampled. Source: W3C Trace Context. */
  readonly trace?: { readonly traceId: string; readonly spanId: string } | undefined;
  /** Present if the record stands for refusals that were counted, instead of recorded one by one. */
  readonly folded?: FoldedRefusals | undefined;
}

/** Enough to judge a request again. */
export interface RecordedInput {
  /** The AdmissionRequest. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Those that were known, but for the inventory. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The code of a finding: a commit that is deployed was verified, and is not trusted any more. */
export const TRUST_LOST_CODE = 'commit_trust_lost';

/** The code of a finding: somebody else changed or deleted the registration of Holdfast, and it was put right. */
export const REGISTRATION_CHANGED_CODE = 'registration_changed';

/** The code of a finding: a managed object is not what its writer wrote last, and no decision allowed that. */
export const DRIFT_FOUND_CODE = 'drift_found';

/** The code of a finding: a webhook or an admission policy is new or changed, and may change what Git declares. */
export const MUTATOR_ADDED_CODE = 'mutator_added';

/** The code of a finding: a webhook or an admission policy is new or changed, and can stop the cluster or Holdfast. */
export const BLOCKER_ADDED_CODE = 'blocker_added';

/** What the drift scanner finds. */
export const DRIFT_CODES: readonly string[] = [
  DRIFT_FOUND_CODE,
  MUTATOR_ADDED_CODE,
  BLOCKER_ADDED_CODE,
];
/** The code of a finding: a circuit breaker halts deployments. */
export const BREAKER_OPENED_CODE = 'breaker_opened';

/** The code of a finding: a circuit breaker lets deployments pass again. */
export const BREAKER_CLOSED_CODE = 'breaker_closed';

/** The code of a finding: an object that differed is what it should be again. */
export const DRIFT_REVERTED_CODE = 'drift_reverted';

/** The code of a finding: an application was brought to another version. */
export const VERSION_DEPLOYED_CODE = 'version_deployed';

/** The code of a finding: a version of an application is verified, so that it may be rolled back to. */
export const VERSION_VERIFIED_CODE = 'version_verified';

/** The code of a finding: an application was rolled back too often, and keeps its version for a while. */
export const ROLLBACKS_EXCEEDED_CODE = 'rollbacks_exceeded';

/** The code of a finding: the writer of an object that drifted was asked to write it again, or an addition is taken off. */
export const DRIFT_HEAL_ASKED_CODE = 'drift_heal_asked';

/** The code of a finding: an object that was asked to be healed is what it should be again. */
export const DRIFT_HEALED_CODE = 'drift_healed';

/** The code of a finding: an object that drifted is not healed, and no longer asked for. */
export const DRIFT_HEAL_FAILED_CODE = 'drift_heal_failed';

/** The code of a finding: a managed object was written, and the API server has asked nobody. */
export const WRITE_UNJUDGED_CODE = 'write_unjudged';

/**
 * Codes of findings that another program has seen.
 * - `writer_unjudged`: a write that nobody was asked about, by a GitOps controller
 * - `admission_failed_open`: a webhook of ours did not answer, and the request passed
 * - `admission_configuration_changed`: no webhook is asked about webhooks and admission policies
 * - `writer_impersonated`, `user_impersonated`: somebody acted in another name; the first in the name of a GitOps controller, of the
 *   control plane, or of a group that may do everything
 * - `writer_token_minted`, `token_minted`: somebody but the kubelet and the control plane had a token made
 * - `rbac_escalated`: a role or a binding that gives everything, or the right to take it
 * - `runtime_attack`, `runtime_suspicion`: a rule of Falco, of the priority Error and above, and below it
 * - `application_sync_failed`, `application_degraded`, `application_out_of_sync`: what Argo CD says of an application
 * - `terraform_drift_found`: others have changed what Terraform manages
 */
export const OBSERVED_CODES = [
  WRITE_UNJUDGED_CODE,
  'writer_unjudged',
  'admission_failed_open',
  'admission_configuration_changed',
  'writer_impersonated',
  'user_impersonated',
  'writer_token_minted',
  'token_minted',
  'rbac_escalated',
  'runtime_attack',
  'runtime_suspicion',
  'application_sync_failed',
  'application_degraded',
  'application_out_of_sync',
  'terraform_drift_found',
] as const;
export type ObservedCode = (typeof OBSERVED_CODES)[number];

/** Findings about objects that were changed past admission: it takes a comparison to know that they are what they should be again. */
export const PAST_ADMISSION_CODES: readonly string[] = [
  ...DRIFT_CODES,
  DRIFT_HEAL_FAILED_CODE,
  WRITE_UNJUDGED_CODE,
];

/** The code of a finding: entries of the journal are lost. The first entry of the chain that follows them has it. */
export const ENTRIES_LOST_CODE = 'journal_entries_lost';

/** Stands in a record of counted refusals for values that differ, as in roles of Kubernetes. */
export const ANY_VALUE = '*';

/** The refusals that joined one fold between two of its summaries; the record says what they have in common. */
export interface FoldedRefusals {
  /** What they have in common: everything but their time, or their actor, operation, code and policies. */
  readonly by: 'request' | 'code';
  /** From 1. A part that a disk fault repeats has the same number. */
  readonly part: number;
  readonly count: number;
  /** RFC 3339: the first and the last of them. */
  readonly first: string;
  readonly last: string;
  /** The entry that opened the fold. Its decision is the one that every answer named, and the one of this record. */
  readonly opening?: { readonly sequence: number; readonly hash: string } | undefined;
  /** Of the first few. */
  readonly requestUids: readonly string[];
  /** Set by `code`: the different ones, up to a limit, */
  readonly refusals?: readonly FoldedRefusal[] | undefined;
  /** and how many are not among them. */
  readonly unlisted?: number | undefined;
  /** A process that was killed had counted them; the next one wrote the record. */
  readonly recovered?: boolean | undefined;
}

/** Refusals of one user, operation and object. */
export interface FoldedRefusal {
  readonly username: string;
  readonly operation: Operation;
  /** `<group>/<resource>/<namespace>/<name>`; the core group is empty. */
  readonly object: string;
  readonly kind: string;
  readonly managedBy?: AuditRecord['managedBy'];
  readonly count: number;
}

/** What got past admission. The record's `change` has the paths. */
export interface RecordedDrift {
  readonly what: 'added' | 'changed' | 'deleted' | 'reverted';
  /**
   * Who wrote since, by managedFields, the newest first. Clients choose these names; a deletion, and a write that only removes
   * fields, leaves none.
   */
  readonly writers: readonly DriftWriter[];
  /** Where it was reverted, or healing was asked for: the decision id of the finding. */
  readonly found?: string | undefined;
  /** What was done about it. */
  readonly healing?: RecordedHealing | undefined;
}

/**
 * How drift is healed: Argo CD compares again, or syncs what is named; Flux reconciles; an addition is taken off.
 */
export type HealingMeans = 'refresh' | 'sync' | 'reconcile' | 'removal';

/** One step of the healing of an object. */
export interface RecordedHealing {
  readonly state: 'asked' | 'healed' | 'failed';
  /** What was asked for now. */
  readonly by: readonly HealingMeans[];
  /** How often it was asked for so far. */
  readonly attempts: number;
}

/** One entry of the lineage of an application: the object of the record. */
export interface RecordedVersion {
  readonly what: 'deployed' | 'verified' | 'frozen';
  /** The id of its commit, or those of all Git sources, joined by `+`. */
  readonly revision: string;
  /** Of `deployed`: the version before it, */
  readonly previous?: string | undefined;
  /** and whether it is newer than this one. */
  readonly isRollback?: boolean | undefined;
  /** Of `verified`: what has verified it, */
  readonly by?: 'health' | 'statement' | undefined;
  /** which pipeline, */
  readonly verifier?: string | undefined;
  /** and when that has signed it. RFC 3339, UTC. */
  readonly issuedAt?: string | undefined;
  /** Of `frozen`. RFC 3339, UTC. */
  readonly until?: string | undefined;
}

/** Who has seen something beside admission. */
export const OBSERVATION_SOURCES = ['kubernetes-audit', 'falco', 'argocd', 'terraform'] as const;
export type ObservationSource = (typeof OBSERVATION_SOURCES)[number];

/** What another program has seen. It is its word, and every text in it is cut. */
export interface RecordedObservation {
  readonly source: ObservationSource;
  /** Of the event, in the words of the source: `auditID`. */
  readonly id: string;
  /** RFC 3339: when it happened, by the clock of the source. */
  readonly time: string;
  /** As the source names it: `patch`. */
  readonly verb?: string | undefined;
  /** As whom the user acted, by `--as`. */
  readonly impersonated?: string | undefined;
  /** The last one is the peer of the API server; what is before it, a client may have made up. */
  readonly addresses?: readonly string[] | undefined;
  /** As the client says. */
  readonly userAgent?: string | undefined;
  /** What the API server answered. */
  readonly httpStatus?: number | undefined;
  /** Our webhooks that did not answer, so that the request passed. */
  readonly failedOpen?: readonly string[] | undefined;
  /** The decision id that our webhook gave the request. */
  readonly decision?: string | undefined;
  /** The rule of Falco, and its priority. */
  readonly rule?: string | undefined;
  readonly priority?: string | undefined;
  /** What Falco or Argo CD says. */
  readonly output?: string | undefined;
  /** Of the application. */
  readonly revision?: string | undefined;
  /** The first resources that others have changed: `update aws_s3_bucket.data`, without values; */
  readonly changed?: readonly string[] | undefined;
  /** and how many are not among them. */
  readonly unlisted?: number | undefined;
  /** How many more of the same kind are not recorded one by one. */
  readonly repeated?: number | undefined;
}

/** One entry of managedFields. */
export interface DriftWriter {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string | undefined;
  /** RFC 3339, in whole seconds. */
  readonly time?: string | undefined;
}

/** Where in Git the object comes from, and what was found out about the commit of each source. */
export interface RecordedSource extends Omit<
  SourceFact,
  'commit' | 'commits' | 'initiatedBy' | 'manifest'
> {
  readonly commits?: readonly RecordedCommit[] | undefined;
  /** Whether the object is what the commit declares. */
  readonly manifest?: RecordedManifest | undefined;
}

/** The comparison with the commit, in the words of the fact. */
export type RecordedManifest = Pick<SourceManifestFact, 'status' | 'paths' | 'reason' | 'objectId'>;

/** The verdict about one commit, in the words of the fact. */
export interface RecordedCommit {
  readonly status: CommitFact['status'];
  readonly repository: string;
  /** Absent where no commit was found. */
  readonly objectId?: string | undefined;
  /** The rule of the configuration that judged. */
  readonly rule?: string | undefined;
  /** Why it was rejected. */
  readonly code?: string | undefined;
  /** Who wrote it: `Name <address>`. */
  readonly author?: string | undefined;
  readonly signers: readonly CommitSigner[];
}

/** The verdict about one image, in the words of the fact. */
export interface RecordedImage {
  /** Where it stands: `spec.containers[0].image`. */
  readonly path: string;
  /** As it was written. */
  readonly image: string;
  readonly status: 'verified' | 'rejected' | 'unavailable';
  readonly rule: string;
  /** Of the manifest that was verified. */
  readonly digest?: string | undefined;
  /** Why it was rejected. */
  readonly code?: string | undefined;
  readonly signers: readonly ImageSigner[];
  /** Present where the rule asks for some. */
  readonly attestations?: readonly ImageAttestation[] | undefined;
}

/** Milliseconds that the parts of a decision took. */
export interface RecordedTimings {
  /** Matching the policies and gathering the facts that they read. */
  readonly gatherMs: number;
  /** Evaluating the policies, including the wait for a worker. */
  readonly evaluateMs: number;
}

/**
 * Whether a value from a journal has the form of a record: enough to read its parts. The chain proves that it is
 * unchanged; `record-schema.ts` checks every member.
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
  /**
   * Whether this policy would have refused in the mode enforce. Present where it objected in the modes warn and audit
   * and the request was allowed; records of earlier versions do not have it.
   */
  readonly wouldDeny?: boolean | undefined;
}

/** The break-glass grant in a record. */
export interface RecordedGrant {
  readonly id: string;
  readonly subject: string;
  readonly reason: string;
  readonly ticket: string;
  /** RFC 3339. */
  readonly expires: string;
  readonly approvers: readonly string[];
  /** The number of this use, from 1. */
  readonly use: number;
  readonly usesLeft: number;
}
