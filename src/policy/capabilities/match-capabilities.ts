/** What a policy may use, by its name. */
import { matchesWildcards } from '../../base/match-wildcards.ts';
import { FAMILY_NAMES, type BuiltinFamilyName } from '../wasm/builtins/builtin-names.ts';
import type { CapabilityRule } from './settings.ts';

/** Absent: everything. */
export interface Capabilities {
  /** By their Rego name. */
  readonly builtins?: ReadonlySet<string> | undefined;
  readonly facts?: ReadonlySet<string> | undefined;
}

/** All rules for the policy hold: it may use what each of them allows. */
export function matchCapabilities(policy: string, rules: readonly CapabilityRule[]): Capabilities {
  const own = rules.filter(({ policies }) =>
    policies.some((pattern) => matchesWildcards(policy, pattern)),
  );
  return {
    builtins: intersect(own.map(({ builtins }) => builtins && listFunctions(builtins))),
    facts: intersect(own.map(({ facts }) => facts)),
  };
}

function listFunctions(families: readonly BuiltinFamilyName[]): readonly string[] {
  return [...FAMILY_NAMES].flatMap(([family, names]) => (families.includes(family) ? names : []));
}

function intersect(
  lists: readonly (readonly string[] | undefined)[],
): ReadonlySet<string> | undefined {
  let common: readonly string[] | undefined;
  for (const list of lists) {
    if (list === undefined) continue;
    common = common === undefined ? list : common.filter((one) => list.includes(one));
  }
  return common === undefined ? undefined : new Set(common);
}
