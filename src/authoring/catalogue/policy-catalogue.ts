/** What a folder of policies says about itself: an entry for each policy. */
import type {
  FailureMode,
  PolicyMatch,
  PolicyMode,
  RuleName,
  Severity,
} from '../../policy/descriptor.ts';
import type { FactName } from '../../policy/fact-names.ts';

/** What a rule of a policy can find. Texts that the code puts together have their parts in braces. */
export interface CatalogueFinding {
  readonly rule: Exclude<RuleName, 'patch'>;
  readonly codes: readonly string[];
  readonly messages: readonly string[];
  readonly paths: readonly string[];
  readonly remedies: readonly string[];
}

/** What the configuration says of a policy, its own METADATA where it says nothing. */
export interface ConfiguredPolicy {
  readonly mode: PolicyMode;
  /** Where the mode is another one: names of namespaces, and beginnings of them with `*`. */
  readonly namespaces: Readonly<Record<string, PolicyMode>>;
  readonly failure: FailureMode;
  readonly deadlineMs: number;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface CataloguePolicy extends ConfiguredPolicy {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly match: PolicyMatch;
  readonly facts: readonly FactName[];
  readonly optionalFacts: readonly FactName[];
  /** Whether it changes requests. */
  readonly patches: boolean;
  readonly findings: readonly CatalogueFinding[];
}
