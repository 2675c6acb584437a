/** What the configuration says of policies, by where the request is. */
export interface PolicySettings {
  /** Whether mode or parameters of one of these depend on the labels of the namespace. */
  readonly readsLabels: (
    policies: readonly PolicyDescriptor[],
    namespace: string | undefined,
  ) => boolean;
  readonly settingOf: (policy: PolicyDescriptor, place: RequestPlace) => PolicySetting;
  readonly parametersOf: (
    policies: readonly PolicyDescriptor[],
    place: RequestPlace,
  ) => SettledParameters;
}

export interface SettledParameters {
  /** Of every policy, by its name. The same object for equal ones. */
  readonly parameters: EvaluationInput['parameters'];
  /** The policies of which nobody can say which parameters they have: they cannot be evaluated. */
  readonly unknown: ReadonlySet<string>;
}

/** The active configuration, bound to running parts. Immutable: a reload creates a new one. */
import type { RecordedInput } from '../audit/audit-record.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import type { PolicySetting } from '../policy/decide-mode.ts';
import type { RequestPlace } from '../policy/request-place.ts';
import type { AdmissionRoute } from './decide.ts';
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
  readonly messageCharsMax: number;
  readonly settings: PolicySettings;
  /** The policies that match this request and are not `off` whatever the labels of its namespace are, before anything is looked up. */
  readonly matchPolicies: (
    route: AdmissionRoute,
    request: AdmissionRequest,
    actor: ActorFact,
  ) => readonly PolicyDescriptor[];
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
