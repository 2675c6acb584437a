/** A plan of operators as YAML for the configuration, with comments for whoever decides. */
import { formatYaml } from '../base/parse-yaml.ts';
import type { OperatorPlan, PlannedOperator, PlannedPreset, Seen } from './plan-operators.ts';

/** Ends with a newline. Only comments where nothing is proposed. */
export function formatOperatorPlan({ presets, operators, left }: OperatorPlan): string {
  const isEmpty = presets.length === 0 && operators.length === 0;
  return [
    ...(isEmpty
      ? ['# No entry is proposed.']
      : ['# Read each line: what was observed may have been an attack.']),
    ...(isEmpty ? [] : ['identity:']),
    ...(presets.length > 0 ? ['  operatorPresets:', ...presets.flatMap(formatPreset)] : []),
    ...(operators.length > 0 ? ['  operators:', ...operators.flatMap(formatOperator)] : []),
    ...left.map(
      ({ username, reason, seen }) =>
        `# Left out: ${comment(username)} (${formatSeen(seen)}). ${reason}`,
    ),
    '',
  ].join('\n');
}

function formatPreset({ seen, ...chosen }: PlannedPreset): readonly string[] {
  return [`    # ${formatSeen(seen)}; the preset covers all of them`, ...item(chosen)];
}

function formatOperator(operator: PlannedOperator): readonly string[] {
  const { name, username, rules, isKnown, nearPreset, isCut, seen } = operator;
  return [
    `    # ${formatSeen(seen)}`,
    ...(isKnown ? ['    # It has an entry: add these rules to that one.'] : []),
    ...(nearPreset === undefined
      ? []
      : [`    # The preset "${nearPreset}" does not cover all of it, and excludes an entry.`]),
    ...(isCut ? ['    # The records do not list every field: look at them first.'] : []),
    ...item({ name, username, rules }),
  ];
}

function item(value: object): readonly string[] {
  return formatYaml([value])
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`);
}

function formatSeen({ count, decisionId }: Seen): string {
  return `${count === 1 ? 'one write' : `${count} writes`}, such as decision ${comment(decisionId)}`;
}

/** A name cannot end the comment that it stands in. */
function comment(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, '?');
}
