/** The configuration in force, bound to running parts. Immutable: a reload makes a new one. */
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import type { AdmissionRoute, JudgedPolicy } from './decide.ts';
import type { DecodeLimits } from './decode.ts';
import type { RecordingRules } from './decide-recorded.ts';
import type { ClusterFact } from './facts/fact.ts';
import type { FactSources } from './facts/fact-sources.ts';
import type { BreakGlass, EvaluationInput, PolicyEngine } from './ports.ts';

export interface AdmissionRuntime {
  readonly decodeLimits: DecodeLimits;
  readonly engine: PolicyEngine;
  readonly sources: FactSources;
  /** Absent where nobody may approve grants. */
  readonly breakGlass?: BreakGlass | undefined;
  readonly cluster: ClusterFact;
  /** SHA-256 of the configuration file's meaning: says under which settings a decision was made. */
  readonly configurationHash: string;
  readonly parameters: EvaluationInput['parameters'];
  readonly messageCharsMax: number;
  /** The policies that are not `off` for this request and match what is known before any fact is looked up. */
  readonly matchPolicies: (
    route: AdmissionRoute,
    request: AdmissionRequest,
    actor: ActorFact,
  ) => readonly PolicyDescriptor[];
  /** How the configuration wants a policy heard in a namespace. */
  readonly settingOf: (
    policy: PolicyDescriptor,
    namespace: string | undefined,
  ) => Pick<JudgedPolicy, 'mode' | 'failure'>;
  /** Which decisions are recorded beyond those that always are. */
  readonly recorded: RecordingRules;
  /** What happens to a decision that cannot be recorded. */
  readonly recordFailure: 'deny' | 'allow';
}
