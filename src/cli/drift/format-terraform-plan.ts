/** The output of `holdfast drift terraform`. */
import { printable } from '../../base/printable.ts';
import type { ChangedAttribute } from '../../drift/terraform/diff-values.ts';
import type { TerraformChange, TerraformPlan } from '../../drift/terraform/parse-terraform-plan.ts';

/** For people: each resource with what differs of it, and a line that counts. */
export function formatTerraformPlan({ drift, changes }: TerraformPlan): string {
  return [
    ...formatSection('Changed outside of Terraform:', drift),
    ...formatSection('The plan would change:', changes),
    `${plural(drift.length, 'resource')} changed outside of Terraform, ${plural(changes.length, 'change')} planned`,
  ].join('\n');
}

/** One JSON object, for programs. */
export function formatTerraformPlanJson(plan: TerraformPlan): string {
  return JSON.stringify(plan, undefined, 2);
}

function formatSection(title: string, entries: readonly TerraformChange[]): readonly string[] {
  return entries.length === 0 ? [] : [title, ...entries.flatMap(formatChange), ''];
}

function formatChange({
  address,
  action,
  attributes,
  isTruncated,
}: TerraformChange): readonly string[] {
  return [
    `  ${action} ${printable(address)}`,
    ...attributes.map((attribute) => `    ${formatAttribute(attribute)}`),
    ...(isTruncated ? ['    … and more'] : []),
  ];
}

function formatAttribute(attribute: ChangedAttribute): string {
  const { path, before = 'none', after = 'none', isSensitive, isUnknown } = attribute;
  const name = printable(path === '' ? '(the whole)' : path);
  if (isSensitive) return `${name}: (sensitive)`;
  return `${name}: ${printable(before)} → ${isUnknown ? '(known after apply)' : printable(after)}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
