import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRead, findReaders, listTestGroups, moduleOf } from './rego-modules.ts';

const named = (folder: string, name: string, imports: readonly string[] = []) =>
  moduleOf(
    folder,
    `${name}.rego`,
    [`package holdfast.${name}`, ...imports.map((each) => `import data.holdfast.${each}`)].join(
      '\n',
    ),
  );

const naming = named('lib', 'naming');
const rows = named('lib', 'rows', ['naming']);
const policy = named('policy', 'policy', ['rows']);
const rowsTest = named('lib', 'rows_test', ['rows', 'samples']);
const namingTest = named('lib', 'naming_test', ['naming']);
const policyTest = named('policy', 'policy_test', ['policy']);
const modules = [naming, rows, policy, namingTest, rowsTest, policyTest];

test('what imports a package reads it, and so does what imports that', () => {
  assert.deepEqual(
    [...findReaders(modules, 'holdfast.rows')],
    ['holdfast.rows', 'holdfast.policy', 'holdfast.rows_test', 'holdfast.policy_test'],
  );
  assert.deepEqual(
    [...findRead(modules, [policyTest])],
    ['holdfast.policy', 'holdfast.rows', 'holdfast.naming'],
  );
});

test('the test that is named after the file is asked first, those of other folders last', () => {
  const order = listTestGroups(modules, naming);

  assert.deepEqual(order, [[namingTest], [rowsTest], [policyTest]]);
});

test('a module without a package is told by its place', () => {
  assert.throws(() => moduleOf('lib', 'x.rego', '# nothing'), {
    message: 'lib/x.rego has no line with its package',
  });
});
