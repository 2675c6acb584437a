/** The operators of a configuration: those that it writes out, and those of the presets that it switches on. */
import type { OperatorRule } from '../operator-rule.ts';
import type { OperatorPreset } from './operator-preset.ts';
import { OPERATOR_PRESETS, type OperatorPresetName } from './operator-presets.ts';

/** An account with its rules; the name is that of messages and records. */
export interface Operator {
  readonly name: string;
  readonly username: string;
  readonly rules: readonly OperatorRule[];
}

/** A preset as the configuration switches it on. */
export interface ChosenPreset {
  readonly preset: OperatorPresetName;
  /** Absent: where the project's own manifests install it. */
  readonly namespace?: string | undefined;
  /** Names that differ, by the part of the project. */
  readonly accounts: Readonly<Record<string, string>>;
}

export interface ChosenOperators {
  readonly operators: readonly Operator[];
  readonly operatorPresets: readonly ChosenPreset[];
}

/** Those that are written out first. */
export function listOperators({
  operators,
  operatorPresets,
}: ChosenOperators): readonly Operator[] {
  return [...operators, ...operatorPresets.flatMap(expandPreset)];
}

/** Each account of a preset is an operator, named `PRESET` if it is the only one, else `PRESET-PART`. */
export function expandPreset(chosen: ChosenPreset): readonly Operator[] {
  const preset: OperatorPreset = OPERATOR_PRESETS[chosen.preset];
  const parts = Object.entries(preset.accounts);
  return parts.map(([part, account]) => {
    const namespace = chosen.namespace ?? account.namespace ?? preset.namespace;
    const name = chosen.accounts[part] ?? account.serviceAccount;
    return {
      name: parts.length === 1 ? chosen.preset : `${chosen.preset}-${part}`,
      username: `system:serviceaccount:${namespace}:${name}`,
      rules: account.rules.map(({ why: _why, readIn: _readIn, ...rule }) => rule),
    };
  });
}
