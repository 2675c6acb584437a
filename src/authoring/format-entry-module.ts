/**
 * Generates the entry point in Rego: it evaluates every selected policy in one call, each with its own
 * `input.parameters`.
 *
 * A policy is selected by its key in `input.parameters`: one object look-up for each policy of the bundle.
 */
import type { RuleName } from '../policy/descriptor.ts';

/** The entry point, as `opa build -e` names it. */
export const ENTRY_POINT = 'holdfast/entry/verdicts';

export interface EntryPolicy {
  readonly name: string;
  readonly rules: readonly RuleName[];
}

/** The generated modules, by file name. */
export function formatEntryModules(policies: readonly EntryPolicy[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  files.set('entry.rego', `package holdfast.entry\n\n${policies.map(formatSelection).join('\n')}`);
  for (const policy of policies) files.set(`verdict_${policy.name}.rego`, formatVerdict(policy));
  return files;
}

function formatSelection({ name }: EntryPolicy): string {
  return `verdicts["${name}"] := verdict if {
	parameters := input.parameters["${name}"]
	verdict := data.holdfast.verdict["${name}"].verdict with input as {
		"request": input.request,
		"facts": input.facts,
		"parameters": parameters,
	}
}
`;
}

/** All rules of a policy share one `with`, so that common subexpressions are computed once. */
function formatVerdict({ name, rules }: EntryPolicy): string {
  const fields = rules.map((rule) => `\t"${rule}": data.holdfast.policies["${name}"].${rule},\n`);
  return `package holdfast.verdict["${name}"]\n\nverdict := {\n${fields.join('')}}\n`;
}
