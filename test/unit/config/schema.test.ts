import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import { formatConfigurationProblem } from '../../../src/config/problem.ts';

for (const [name, text, expected] of [
  [
    'bundles from two places',
    'policies: { bundle: b, keys: [{ file: k }], registry: { reference: a/b, folder: f } }\n',
    ['h.yaml:1:55: policies.registry: Expected one of "bundle", "server" and "registry"'],
  ],
  [
    'a registry without keys',
    'policies: { registry: { reference: a/b, folder: f } }\n',
    [
      'h.yaml:1:23: policies.registry: Expected "keys" beside "registry": what a registry gives must be signed',
    ],
  ],
  [
    'what is no reference of an artifact',
    'policies: { keys: [{ file: k }], registry: { reference: "a.example/B", folder: f } }\n',
    [
      'h.yaml:1:57: policies.registry.reference: It is no reference of an artifact: its repository cannot be used: expected lower-case letters and digits, with single separators between them',
    ],
  ],
] as const) {
  test(`the schema refuses ${name}`, () => {
    const parsed = parseConfiguration(text, { file: 'h.yaml', folder: '/etc/holdfast' });

    assert.equal(parsed.ok, false);
    assert.deepEqual(parsed.problems.map(formatConfigurationProblem), expected);
  });
}
