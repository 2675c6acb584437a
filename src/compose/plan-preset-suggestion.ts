/** Names the preset of an operator that would let a group of a report pass, with the lines that switch it on. */
import {
  describeOtherPolicies,
  isOperatorGroup,
  suggestOperator,
  type Suggest,
  type Suggestion,
} from '../audit/report/plan-suggestion.ts';
import type { ReportGroup } from '../audit/report/report-groups.ts';
import { formatYaml } from '../base/parse-yaml.ts';
import { matchRule } from '../identity/match-rule.ts';
import type { ObservedWrite } from '../identity/observed-write.ts';
import { parseFieldPath } from '../identity/parse-field-pattern.ts';
import { matchPreset, type MatchedPreset } from '../identity/presets/match-preset.ts';
import { parseServiceAccount } from '../registration/parse-service-account.ts';

/**
 * A preset excludes an entry for its account: it is suggested where it covers every group of the account, and else named beside the
 * entry. Nothing for accounts that no preset knows, and for operators that the configuration has already.
 */
export function planPresetSuggestion(groups: readonly ReportGroup[]): Suggest {
  const known = groups.filter(isOperatorGroup);
  return (group) => {
    const matched = isOperatorGroup(group) ? findPreset(group) : undefined;
    if (matched === undefined || group.actorClass === 'operator') return undefined;
    const all = known.filter(({ username }) => username === group.username);
    return all.every((one) => isCovered(one, matched))
      ? suggestPreset(group, matched)
      : suggestEntry(group, matched);
  };
}

function findPreset({ username }: ReportGroup): MatchedPreset | undefined {
  const account = parseServiceAccount(username);
  return account === undefined ? undefined : matchPreset(account.namespace, account.name);
}

/** Fields that are not listed may be any. */
function isCovered(group: ReportGroup, { rules }: MatchedPreset): boolean {
  if (group.fieldsAreCut) return false;
  return observe(group).every((write) => rules.some((rule) => matchRule(rule, write)));
}

const OPERATIONS: Readonly<Record<string, ObservedWrite['operation']>> = {
  CREATE: 'CREATE',
  UPDATE: 'UPDATE',
  DELETE: 'DELETE',
  CONNECT: 'CONNECT',
};

/** A group does not say which fields are protected: all of the metadata may be. */
function observe({ username, operations, group, resource, fields, example }: ReportGroup) {
  return operations.flatMap((name): readonly ObservedWrite[] => {
    const operation = OPERATIONS[name];
    if (operation === undefined) return [];
    return [
      {
        username,
        operation,
        group,
        resource,
        fields: fields.map((path) => ({ path, segments: parseFieldPath(path) ?? [] })),
        isCut: false,
        protectedKeys: fields.filter((path) => path.startsWith('metadata.')),
        decisionId: example.decisionId,
      },
    ];
  });
}

function suggestPreset(group: ReportGroup, matched: MatchedPreset): Suggestion {
  const { preset, namespace, accounts } = matched;
  const chosen = {
    preset,
    ...(namespace !== undefined && { namespace }),
    ...(accounts !== undefined && { accounts }),
  };
  return {
    advice: `This is what ${preset} does: its preset lets the account do all of it${describeConditions(group, matched)}.${describeOtherPolicies(group)}`,
    configuration: formatYaml({ identity: { operatorPresets: [chosen] } }).trimEnd(),
  };
}

/** What a rule asks of the cluster is not in the records. */
function describeConditions(group: ReportGroup, { rules }: MatchedPreset): string {
  const used = rules.filter((rule) => observe(group).some((write) => matchRule(rule, write)));
  const conditions = [
    ...(used.some(({ autoscaled }) => autoscaled)
      ? ['an autoscaler from Git targets the object']
      : []),
    ...(used.some(({ undeclared }) => undeclared) ? ['Git does not declare the field'] : []),
  ];
  return conditions.length > 0 ? `, where ${conditions.join(' and ')}` : '';
}

function suggestEntry(group: ReportGroup, { preset }: MatchedPreset): Suggestion | undefined {
  const entry = suggestOperator(group);
  const beside = `The preset "${preset}" does not cover all that the account did, and excludes an entry.`;
  return entry && { ...entry, advice: `${entry.advice} ${beside}` };
}
