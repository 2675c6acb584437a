import assert from 'node:assert/strict';
import { it } from 'node:test';

import { builtinCases } from '../../../../support/builtin-table.ts';
import { loadCalls } from '../../../../support/call-builtin.ts';

for (const [name, run] of await builtinCases({
  results: [
    ['glob.quote_meta', '["*.{a,b}[c]?\\\\"]', '"\\\\*.\\\\{a,b\\\\}\\\\[c\\\\]\\\\?\\\\\\\\"'],
    ['regex.find_n', '["a.", "paranormal", 2]', '["ar","an"]'],
    ['regex.find_n', '["a.", "paranormal", -1]', '["ar","an","al"]'],
    ['regex.find_n', '["a.", "paranormal", 0]', '[]'],
    ['regex.find_n', '["x*", "😀", -1]', '["",""]'],
    ['regex.find_n', '["a*", "baab", -1]', '["","aa",""]'],
    ['regex.globs_match', '["a.a.", ".b.b"]', 'true'],
    ['regex.globs_match', '["[a-z]+", "[0-9]*"]', 'false'],
    ['regex.globs_match', '["a*", "b*"]', 'false'],
    ['regex.globs_match', '["a\\\\*[x\\\\-]", ".*-"]', 'true'],
    ['regex.replace', '["foo bar", "(o+) (b)", "$2${1}$$$9<${name}>"]', '"fboo$<>ar"'],
    ['regex.replace', '["a1b22", "(?P<n>[0-9]+)", "<$n>"]', '"a<1>b<22>"'],
    ['regex.replace', '["foo", "^[a-z]", "F"]', '"Foo"'],
    ['regex.replace', '["ab", "(x)?a", "$1-"]', '"-b"'],
    ['regex.replace', '["abc", "", "-"]', '"-a-b-c-"'],
    ['regex.split', '["[/_]", "a/b_c"]', '["a","b","c"]'],
    ['regex.split', '["", "añb"]', '["a","ñ","b"]'],
    ['regex.split', '["x*", ""]', '[""]'],
    ['regex.split', '["b", "abab"]', '["a","a",""]'],
    ['regex.template_match', '["urn:{.*}:x{[0-9]+}", "urn:a:x1", "{", "}"]', 'true'],
    ['regex.template_match', '["a.{b}", "axb", "{", "}"]', 'false'],
    ['regex.template_match', '["<a{2}<3>>", "aa<3>", "{", "}"]', 'false'],
  ],
  failures: [
    ['regex.find_n', '["(", "a", 1]', 'error parsing regexp: missing closing ): `(`'],
    ['regex.split', '[1, "a"]', 'operand 1 must be string but got number'],
    [
      'regex.template_match',
      '["a", "a", "é", "}"]',
      'start delimiter has to be exactly one character long but is 2 long',
    ],
    [
      'regex.template_match',
      '["a", "a", "{", ""]',
      'end delimiter has to be exactly one character long but is 0 long',
    ],
    ['regex.template_match', '["{a", "a", "{", "}"]', 'unbalanced braces in "{a"'],
    ['regex.template_match', '["a}", "a", "{", "}"]', 'unbalanced braces in "a}"'],
    ...(
      [
        ['*a', `1, flag '*' must be preceded by a non-flag`],
        [']', `1, set-close ']' with no preceding '['`],
        ['[a', '2, found [ without matching ]'],
        ['[-a]', `2, range character '-' must be preceded by a Unicode character`],
        ['[a-', `3, range character '-' must be followed by a Unicode character`],
        ['[a-]]', `4, range character '-' cannot be followed by a special symbol`],
        ['[b-a]', '4, range is out of order'],
        ['a\\\\', '1, input ends with a \\ (escape) character'],
      ] as const
    ).map(
      ([glob, reason]) =>
        [
          'regex.globs_match',
          `["${glob}", "a"]`,
          `input:${glob.replace('\\\\', '\\')}, pos:${reason}: the input provided is invalid`,
        ] as const,
    ),
  ],
  limits: [
    [
      'regex.split',
      `["${'a'.repeat(8193)}", "a"]`,
      'the regular expression has more than 8192 characters',
    ],
    [
      'regex.split',
      `["${'[a-z]{999}'.repeat(25)}", "a"]`,
      'the regular expression has more than 20000 instructions',
    ],
    ['regex.globs_match', `["${'a'.repeat(8193)}", "a"]`, 'the glob has more than 8192 characters'],
    ['regex.find_n', `["a", "${'a'.repeat(100_001)}", -1]`, 'there are more than 100000 matches'],
    [
      'regex.replace',
      `["${'a'.repeat(2000)}", "a", "${'b'.repeat(1000)}"]`,
      'the text has more than 1048576 characters',
    ],
  ],
})) {
  it(`REGEX_BUILTINS: ${name}`, run);
}

it('a pattern that takes JavaScript ages takes linear time, and pays for it', async () => {
  let spent = 0;
  const call = await loadCalls(['regex.find_n'], (units) => {
    spent += units;
  });

  assert.equal(call('regex.find_n', `["^(a+)+$", "${'a'.repeat(20_000)}!", -1]`), '[]');

  assert.ok(spent > 20_000, String(spent));
});

it('patterns are kept, but no more than a hundred', async () => {
  const call = await loadCalls(['regex.find_n']);
  for (let number = 0; number < 150; number += 1) {
    assert.equal(call('regex.find_n', `["a${number}", "a${number}", 1]`), `["a${number}"]`);
  }
  assert.equal(call('regex.find_n', '["a0", "a0", 1]'), '["a0"]');
});
