import assert from 'node:assert/strict';
import { it } from 'node:test';

import { formatEntryModules } from '../../../src/authoring/format-entry-module.ts';

it('formatEntryModules() asks each selected policy for its own rules, with its own parameters', () => {
  const files = formatEntryModules([{ name: 'one', rules: ['deny', 'patch'] }]);

  assert.deepEqual(Object.fromEntries(files), {
    'entry.rego': `package holdfast.entry

verdicts[name] := verdict if {
	some name, parameters in input.parameters
	verdict := data.holdfast.verdict[name].verdict with input as {
		"request": input.request,
		"facts": input.facts,
		"parameters": parameters,
	}
}
`,
    'verdict_one.rego': `package holdfast.verdict["one"]

verdict := {
	"deny": data.holdfast.policies["one"].deny,
	"patch": data.holdfast.policies["one"].patch,
}
`,
  });
});
