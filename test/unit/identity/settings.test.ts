import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import { formatConfigurationProblem } from '../../../src/config/problem.ts';
import { OPERATOR_PRESET_NAMES } from '../../../src/identity/presets/operator-presets.ts';

const KNOWN = OPERATOR_PRESET_NAMES.map((preset) => `"${preset}"`).join(', ');

/** An entry of `identity.operators`. */
function entry(name: string, username: string, paths = ''): string {
  return `{ name: ${name}, username: "${username}", rules: [{ verbs: [UPDATE], groups: [""], resources: [pods]${paths} }] }`;
}

const table: readonly (readonly [what: string, identity: string, problem: string])[] = [
  [
    'a preset of nobody',
    'operatorPresets: [{ preset: kedda }]',
    `h.yaml:1:41: identity.operatorPresets[0].preset: Expected ${KNOWN}, found the text "kedda"\n  Did you mean "keda"?`,
  ],
  [
    'a part that the preset does not have',
    'operatorPresets: [{ preset: keda, accounts: { opreator: a } }]',
    'h.yaml:1:69: identity.operatorPresets[0].accounts.opreator: Expected a part of "keda" (operator), found "opreator"',
  ],
  [
    'a preset for an account that has an entry',
    `operatorPresets: [{ preset: keda }], operators: [${entry('mine', 'system:serviceaccount:keda:keda-operator')}]`,
    'h.yaml:1:31: identity.operatorPresets[0]: Expected each username once, found "system:serviceaccount:keda:keda-operator" again (first at identity.operators[0])',
  ],
  [
    'an operator with the name of a preset',
    `operatorPresets: [{ preset: keda }], operators: [${entry('keda', 'u')}]`,
    'h.yaml:1:31: identity.operatorPresets[0]: Expected each name once, found "keda" again (first at identity.operators[0])',
  ],
  [
    'two entries of one name',
    `operators: [${entry('a', 'u')}, ${entry('a', 'v')}]`,
    'h.yaml:1:124: identity.operators[1].name: Expected each name once, found "a" again (first at identity.operators[0])',
  ],
  [
    'a path that stands for all finalizers',
    `operators: [${entry('a', 'u', ', paths: ["metadata.finalizers[*]"]')}]`,
    'h.yaml:1:119: identity.operators[0].rules[0].paths[0]: Expected names of metadata, or beginnings with a domain such as "example.com/*"',
  ],
];

describe('the section identity', () => {
  for (const [what, identity, problem] of table) {
    it(`does not take ${what}`, () => {
      const source = { file: 'h.yaml', folder: '/etc/holdfast' };
      const parsed = parseConfiguration(`identity: { ${identity} }\n`, source);
      assert.ok(!parsed.ok);
      assert.deepEqual(parsed.problems.map(formatConfigurationProblem), [problem]);
    });
  }
});
