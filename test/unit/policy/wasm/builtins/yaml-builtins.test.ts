import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    [
      'yaml.unmarshal',
      '["a: [1, yes]\\nb: 12345678901234567890"]',
      '{"a":[1,"yes"],"b":12345678901234567890}',
    ],
    ['yaml.unmarshal', '[""]', 'null'],
    ['yaml.is_valid', '["a: ["]', 'false'],
    ['yaml.is_valid', '["a: 1"]', 'true'],
    ['yaml.is_valid', '[1]', 'false'],
    [
      'yaml.marshal',
      '[{"b": {1}, "a": 12345678901234567890, 1: [null, true, "x"]}]',
      '"\\"1\\":\\n  - null\\n  - true\\n  - x\\na: 12345678901234567890\\nb:\\n  - 1\\n"',
    ],
  ],
  failures: [
    [
      'yaml.unmarshal',
      '["a: ["]',
      'yaml: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['yaml.unmarshal', '[1]', 'operand 1 must be string but got number'],
  ],
  limits: [
    ['yaml.is_valid', `["${'a'.repeat(262_145)}"]`, 'the YAML has more than 262144 characters'],
  ],
})) {
  it(`YAML_BUILTINS: ${name}`, run);
}
