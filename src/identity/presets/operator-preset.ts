/** What a preset of an operator says: accounts, and what each writes into objects that Git declares. */
import type { OperatorRule } from '../operator-rule.ts';

/** A rule, with its reason and the place in the project's own code or permissions that it was read in. */
export interface PresetRule extends OperatorRule {
  readonly why: string;
  readonly readIn: string;
}

export interface PresetAccount {
  readonly serviceAccount: string;
  /** @default the namespace of the preset */
  readonly namespace?: string | undefined;
  readonly rules: readonly PresetRule[];
}

export interface OperatorPreset {
  /** As the project calls itself. */
  readonly title: string;
  /** The module and version that it was derived from. */
  readonly source: string;
  /** Where the project's own manifests or chart install it. */
  readonly namespace: string;
  /** What is left out, and why; may be empty. */
  readonly notes: string;
  /** By the part of the project, as `identity.operatorPresets[].accounts` names it. */
  readonly accounts: Readonly<Record<string, PresetAccount>>;
}
