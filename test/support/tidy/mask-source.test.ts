import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskSource } from './mask-source.ts';

const CASES: readonly (readonly [title: string, text: string, code: string])[] = [
  ['line comments', 'a; // b\nc;', 'a;     \nc;'],
  ['block comments over lines', 'a /* b\nc */ d', 'a     \n     d'],
  ['strings, but not their quotes', `f('a', "b");`, `f(' ', " ");`],
  ['escaped quotes', `f('a\\'b');`, `f('    ');`],
  ['comment marks in strings', `f('//a');`, `f('   ');`],
  ['template text, but not its code', '`a${b}c`', '` ${b} `'],
  ['objects in template code', '`a${f({ b: 1 })}c` d', '` ${f({ b: 1 })} ` d'],
  ['templates in template code', '`a${`b${c}`}`', '` ${` ${c}`}`'],
  ['escaped template marks', '`a\\${b}`', '`      `'],
  ['regular expressions', 'x = /a\\/[/"]b/g;', 'x = /        /g;'],
  ['regular expressions after return', 'return /a/;', 'return / /;'],
  ['divisions not at all', 'a / b / c', 'a / b / c'],
  ['a string without its end', `f('a`, `f(' `],
  ['a comment without its end', 'a /* b', 'a     '],
];

for (const [title, text, code] of CASES) {
  test(`maskSource() blanks ${title}`, () => {
    assert.equal(maskSource(text), code);
  });
}
