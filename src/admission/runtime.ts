/** The active configuration, bound to running parts. Immutable: a reload creates a new one. */
import type { RecordedInput } from '../audit/audit-record.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import type { AdmissionRoute, JudgedPolicy } from './decide.ts';
import type { DecodeLimits } from './decode.ts';
import type { RecordingRules } from './decide-recorded.ts';
import type { ClusterFact, KnownFacts } from './facts/fact.ts';
import type { FactSources } from './facts/fact-sources.ts';
import type { BreakGlass, EvaluationInput, PolicyEngine } from './ports.ts';

export interface AdmissionRuntime {
  readonly decodeLimits: DecodeLimits;
  readonly engine: PolicyEngine;
  readonly sources: FactSources;
  /** Absent if there are no approvers of grants. */
  readonly breakGlass?: BreakGlass | undefined;
  /** Whether somebody is notified of every use of a grant. */
  readonly alertsOfGrants: boolean;
  readonly cluster: ClusterFact;
  /** SHA-256 of the canonical configuration: identifies the settings of a decision. */
  readonly configurationHash: string;
  readonly parameters: EvaluationInput['parameters'];
  readonly messageCharsMax: number;
  /** The policies that are not `off` for this request and match it, before any fact is looked up. */
  readonly matchPolicies: (
    route: AdmissionRoute,
    request: AdmissionRequest,
    actor: ActorFact,
  ) => readonly PolicyDescriptor[];
  /** The mode of a policy in a namespace. */
  readonly settingOf: (
    policy: PolicyDescriptor,
    namespace: string | undefined,
  ) => Pick<JudgedPolicy, 'mode' | 'failure'>;
  /** Which decisions are recorded in addition to those that always are. */
  readonly recorded: RecordingRules;
  /** What of a request and its facts is recorded, without secrets; absent where records do not keep it. */
  readonly recordInput?:
    | ((
        request: AdmissionRequest,
        facts: KnownFacts,
        requestBytes: number,
      ) => RecordedInput | 'too-large')
    | undefined;
  /** What happens to a decision that cannot be recorded. */
  readonly recordFailure: 'deny' | 'allow';
}
