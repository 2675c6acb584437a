import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listMutants } from './list-mutants.ts';

const POLICY = `package p

# {"CREATE"} in a comment
row := {"verbs": {"CREATE", "UPDATE"}, "resources": {"pods"}, "fields": [["spec", "replicas"]]}

permits(request) if {
	request.operation == "UPDATE"
	not request.dryRun
	name := request.name
	some field in row.fields
	startswith(name, "a")
}

deny contains {
	"code": "c",
	"details": {"owner": owner},
} if {
	owner
	other
	flags := {"ALL"}
}

is_own(owner) if owner.controller == true
`;

test('a mutant changes one thing, on the line that it names', () => {
  const mutants = listMutants(POLICY).map(({ kind, line, change }) => `${line} ${kind} ${change}`);

  assert.deepEqual(
    mutants.toSorted(),
    [
      '11 dropped-condition true',
      '23 dropped-condition is_own(owner) if true',
      '4 wider-path ["spec"]',
      '4 wider-set {"CREATE", "UPDATE", "DELETE"}',
      '4 wider-set {"pods", "secrets"}',
      '19 dropped-condition true',
      '20 wider-set {"ALL", "SECRETS"}',
      '7 dropped-condition true',
      '8 dropped-condition true',
      '8 dropped-negation request.dryRun',
    ].toSorted(),
  );
  assert.ok(listMutants(POLICY).every(({ text }) => text !== POLICY));
});
