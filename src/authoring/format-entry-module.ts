/**
 * Generates the entry point in Rego: it evaluates every selected policy in one call, each with its own
 * `input.parameters`.
 *
 * A policy is selected by its key in `input.parameters`. OPA compiles the reference with a variable into one look-up of the
 * name, so that a policy that is not selected costs nothing, however many are loaded.
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
  files.set('entry.rego', ENTRY);
  for (const policy of policies) files.set(`verdict_${policy.name}.rego`, formatVerdict(policy));
  return files;
}

const ENTRY = `package holdfast.entry

verdicts[name] := verdict if {
	some name, parameters in input.parameters
	verdict := data.holdfast.verdict[name].verdict with input as {
		"request": input.request,
		"facts": input.facts,
		"parameters": parameters,
	}
}
`;

/** All rules of a policy share one `with`, so that common subexpressions are computed once. */
function formatVerdict({ name, rules }: EntryPolicy): string {
  const fields = rules.map((rule) => `\t"${rule}": data.holdfast.policies["${name}"].${rule},\n`);
  return `package holdfast.verdict["${name}"]\n\nverdict := {\n${fields.join('')}}\n`;
}
