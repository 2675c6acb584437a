import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import { formatConfigurationProblem } from '../../../src/config/problem.ts';

const source = { file: 'h.yaml', folder: '/etc/holdfast' };

test('a file without a version is of the current one', () => {
  const [without, current] = ['{}', 'version: 1'].map((text) => parseConfiguration(text, source));

  assert.deepEqual(without, current);
  assert.equal(without?.ok, true);
});

test('a file of a newer version is refused for that alone, with its place and what to do', () => {
  const text = 'cluster: { name: prod }\nversion: 2\nserver: { quic: true }\nunknown: 1\n';

  const parsed = parseConfiguration(text, source);

  assert.ok(!parsed.ok);
  assert.deepEqual(parsed.problems.map(formatConfigurationProblem), [
    'h.yaml:2:10: version: The file is for version 2 of the configuration, and this Holdfast knows 1 (configuration_version_newer)\n' +
      '  Run the version of Holdfast that it was written for, or write it for this one',
  ]);
});

for (const version of ['0', '-1', '1.5', '"1"', 'two', '[1]', '~', '1e300']) {
  test(`${version} is no version`, () => {
    const parsed = parseConfiguration(`version: ${version}\n`, source);

    assert.ok(!parsed.ok);
    assert.deepEqual(
      new Set(parsed.problems.map(({ path, line, column }) => `${path}:${line}:${column}`)),
      new Set(['version:1:10']),
    );
  });
}
