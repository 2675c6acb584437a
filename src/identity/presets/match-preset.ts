/** Which preset an account is of, by its name: the project's own, or with the name of a Helm release before it. */
import type { OperatorRule } from '../operator-rule.ts';
import type { OperatorPreset } from './operator-preset.ts';
import {
  OPERATOR_PRESETS,
  OPERATOR_PRESET_NAMES,
  type OperatorPresetName,
} from './operator-presets.ts';

export interface MatchedPreset {
  readonly preset: OperatorPresetName;
  /** Of the project, as `identity.operatorPresets[].accounts` names it. */
  readonly part: string;
  /** Absent where it is the preset's own. */
  readonly namespace?: string | undefined;
  /** By the part, where the name is not the preset's own. */
  readonly accounts?: Readonly<Record<string, string>> | undefined;
  readonly rules: readonly OperatorRule[];
}

/** The first that matches; `undefined` if none does. */
export function matchPreset(namespace: string, account: string): MatchedPreset | undefined {
  for (const preset of OPERATOR_PRESET_NAMES) {
    const { accounts, namespace: home }: OperatorPreset = OPERATOR_PRESETS[preset];
    for (const [part, { serviceAccount, namespace: own, rules }] of Object.entries(accounts)) {
      const isNamed = account === serviceAccount || account.endsWith(`-${serviceAccount}`);
      // `controller` is anybody's name: there, the namespace has to be the preset's, too.
      const isHome = namespace === (own ?? home);
      if (!isNamed || (!isHome && !serviceAccount.includes('-'))) continue;
      return {
        preset,
        part,
        ...(!isHome && { namespace }),
        ...(account !== serviceAccount && { accounts: { [part]: account } }),
        rules,
      };
    }
  }
  return undefined;
}
