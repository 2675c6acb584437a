import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';

import { z } from 'zod';

import { cacheFolder } from '../../src/base/cache-folder.ts';
import { formatSprintf } from '../../src/policy/wasm/builtins/format-sprintf.ts';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { runOpa } from '../../src/authoring/opa-program.ts';
import { parseRegoLiteral } from '../../src/policy/wasm/parse-rego-literal.ts';
import { isRegoArray } from '../../src/policy/wasm/rego-value.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

/** One value per line, as Rego writes it. */
const VALUES = String.raw`
"abc"
""
"héllo 😀"
"tab\t\"q\" \u0001\u00a0 'b'"
true
false
null
0
7
-42
65
128512
1114112
55296
9223372036854775807
-9223372036854775808
9223372036854775808
123456789012345678901234567890
-123456789012345678901234567890
1.5
-0.25
1e6
1e21
1e20
123456789.0
0.00001
0.0001
1e-7
3.0
100000.5
1e100
2.50
["a",1,null]
{"a":1,"b":[true]}
set()
{1,2,"x"}
[]
{}
[1.0, 1e3]
{"é":"\u2028"}`
  .trim()
  .split('\n');
const FLAGS = '|+|-|0|#| |8|-8|08|.2|.0|8.3|-8.3|+08|#8|+.3|# |010.4|+-8|020|.15'.split('|');
const VERBS = Array.from('vsdqxXtfgeGEFTboOcUwz');

/** Not implemented: the bits of floating point numbers, and the inside of Go's big integers. */
function isKnownException(verb: string, value: string): boolean {
  const isNumber = /^-?\d/.test(value);
  if ('xXb'.includes(verb)) return isNumber && /[.e]/.test(value);
  return verb === 'w' && isNumber && BigInt.asIntN(64, toBigInt(value)) !== toBigInt(value);
}

function toBigInt(value: string): bigint {
  return /[.e]/.test(value) ? 0n : BigInt(value);
}

const DIRECTIVES = FLAGS.flatMap((flag) =>
  VERBS.flatMap((verb) =>
    VALUES.filter((value) => !isKnownException(verb, value)).map(
      (value): readonly [string, string] => [`%${flag}${verb}`, `[${value}]`],
    ),
  ),
);

const WITHOUT_VALUE = '% 100% %% %5% %d'.split(' ');
const WITH_TEXT = '%! %[3]s %[x]s %[1] %[1 %s% %😀 %+q %#q %#+q'.split(' ');
const WITH_NUMBER = '%[]d %[1]2d %[1].2d %.[1]2d %. %5 %- %+v %#v %99999999d'.split(' ');
const FORMATS: readonly (readonly [string, string])[] = [
  ...WITHOUT_VALUE.map((format): readonly [string, string] => [format, '[]']),
  ...WITH_TEXT.map((format): readonly [string, string] => [format, '["aé`"]']),
  ...WITH_NUMBER.map((format): readonly [string, string] => [format, '[1]']),
  ['%s %s', '["a"]'],
  ['a', '["b",1,1.5,null,[1]]'],
  ['%[2]s %[1]s', '["a","b"]'],
  ['%*d', '[5,42]'],
  ['%-*d|', '[5,42]'],
  ['%*d|', '[-5,42]'],
  ['%*d', '["x",42]'],
  ['%*d', '[1000001,42]'],
  ['%*d', '[]'],
  ['%.*f', '[2,3.14159]'],
  ['%.*f', '[-2,3.14159]'],
  ['%.*f', '["a",3.14159]'],
  ['%[2]*[1]d', '[1,5]'],
  ['%[1]d %d', '[1,2]'],
  ['%[2]d', '[1,2]'],
  ['%.99999999d', '[1]'],
  ['%[99999999]d', '[1]'],
  ['é%sé', '["ü"]'],
  ['%6.2f|%-10s|%5d', '[3.14159,"ab",42]'],
  ['%.3x', '["hello"]'],
  ['% x', '["hello"]'],
  ['%# x', '["hello"]'],
  ['%020x', '["hi"]'],
  ['%x', '[-255]'],
  ['%#o', '[8]'],
  ['%#q', '["ab"]'],
  ['%#v', '[1e6]'],
  ['%s', '["a","b"]'],
  ['%#.0f|%#.0e|%#.0g', '[2.50, 2.50, 2.50]'],
  ['%#.0e', '[1e6]'],
  ['%v', '[1e400]'],
];

it('sprintf prints what OPA prints, for every flag, verb and kind of value', async (test) => {
  const cases = [...DIRECTIVES, ...FORMATS];
  const calls = cases.map(([format, values]) => `sprintf(${JSON.stringify(format)}, ${values})`);
  const folder = await makeTemporaryFolder(test, {
    'x.rego': `package x\n\nr := [${calls.join(',\n')}]\n`,
  });
  const opa = await ensureOpa({ cacheFolder: cacheFolder() });
  const argv = ['eval', '--format', 'raw', '-d', join(folder, 'x.rego'), 'data.x.r'];
  const wanted = z.array(z.string()).parse(JSON.parse(await runOpa(opa.path, argv, folder)));

  const found = cases.map(([format, values]) => {
    const parsed = parseRegoLiteral(values);
    assert.ok(isRegoArray(parsed));
    return formatSprintf(format, parsed);
  });

  const differences = cases.flatMap(([format, values], index) =>
    found[index] === wanted[index]
      ? []
      : [{ format, values, found: found[index], wanted: wanted[index] }],
  );
  assert.deepEqual(differences, []);
  assert.ok(cases.length > 16_000);
});
