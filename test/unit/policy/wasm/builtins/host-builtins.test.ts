import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { BuiltinError } from '../../../../../src/policy/wasm/builtins/builtin.ts';
import { HOST_BUILTINS } from '../../../../../src/policy/wasm/builtins/host-builtins.ts';
import {
  formatRegoLiteral,
  isRegoArray,
  parseRegoLiteral,
} from '../../../../../src/policy/wasm/rego-value.ts';

function call(name: string, operands: string): string {
  const builtin = HOST_BUILTINS.get(name);
  const values = parseRegoLiteral(operands);
  assert.ok(builtin && isRegoArray(values));
  return formatRegoLiteral(builtin(values, { nowMs: 1_700_000_000_123.9 }));
}

const RESULTS: readonly (readonly [name: string, operands: string, result: string])[] = [
  ['sprintf', '["%s has %v", ["a", {1, 2}]]', '"a has {1, 2}"'],
  ['strings.any_prefix_match', '["registry.local/a", "registry."]', 'true'],
  ['strings.any_prefix_match', '["registry.local/a", ["x", "registry.local/"]]', 'true'],
  ['strings.any_prefix_match', '[{"a", "b"}, {"c", "b"}]', 'true'],
  ['strings.any_prefix_match', '["a", []]', 'false'],
  ['strings.any_prefix_match', '["a", set()]', 'false'],
  ['strings.any_suffix_match', '["a:latest", ":latest"]', 'true'],
  ['strings.any_suffix_match', '[["a:1", "b:2"], [":latest"]]', 'false'],
  ['strings.count', '["cheese", "e"]', '3'],
  ['strings.count', '["fi😀", ""]', '4'],
  ['strings.count', '["aaa", "aa"]', '1'],
  ['time.now_ns', '[]', '1700000000123000000'],
  ['time.parse_rfc3339_ns', '["1970-01-01T00:00:00Z"]', '0'],
  ['time.parse_rfc3339_ns', '["2026-11-21T07:09:08.123456789+01:00"]', '1795241348123456789'],
  ['time.parse_rfc3339_ns', '["1969-12-31T23:59:59.5Z"]', '-500000000'],
];

const FAILURES: readonly (readonly [name: string, operands: string, reason: string])[] = [
  ['sprintf', '["%s", "a"]', 'operand 2 must be an array'],
  ['sprintf', '[1, []]', 'operand 1 must be a string'],
  [
    'strings.any_prefix_match',
    '[1, "a"]',
    'operand 1 must be a string, or an array or a set of strings',
  ],
  [
    'strings.any_prefix_match',
    '["a", [1]]',
    'operand 2 must be a string, or an array or a set of strings',
  ],
  [
    'strings.any_suffix_match',
    '["a", {"b": 1}]',
    'operand 2 must be a string, or an array or a set of strings',
  ],
  [
    'strings.any_suffix_match',
    '[null, "a"]',
    'operand 1 must be a string, or an array or a set of strings',
  ],
  [
    'strings.any_suffix_match',
    '["a"]',
    'operand 2 must be a string, or an array or a set of strings',
  ],
  ['time.parse_rfc3339_ns', '["yesterday"]', 'cannot read "yesterday" as an RFC 3339 time'],
  [
    'time.parse_rfc3339_ns',
    '["2026-02-30T00:00:00Z"]',
    '"2026-02-30T00:00:00Z" is no time that exists',
  ],
  [
    'time.parse_rfc3339_ns',
    '["2026-13-01T00:00:00Z"]',
    '"2026-13-01T00:00:00Z" is no time that exists',
  ],
];

describe('HOST_BUILTINS', () => {
  for (const [name, operands, result] of RESULTS) {
    it(`${name}${operands} is ${result}`, () => {
      assert.equal(call(name, operands), result);
    });
  }

  for (const [name, operands, reason] of FAILURES) {
    it(`${name}${operands} fails: ${reason}`, () => {
      assert.throws(() => call(name, operands), new BuiltinError(reason));
    });
  }
});
