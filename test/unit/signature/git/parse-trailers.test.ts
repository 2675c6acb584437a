import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseTrailers } from '../../../../src/signature/git/parse-trailers.ts';

function list(message: string): readonly string[] {
  return parseTrailers(message, 5).map(({ key, value }) => `${key}=${value}`);
}

describe('parseTrailers()', () => {
  const table: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'reads the last paragraph',
      'Title\n\nText\n\nSigned-off-by: A <a@x>\nFixes: 7\n\n',
      ['Signed-off-by=A <a@x>', 'Fixes=7'],
    ],
    ['reads no paragraph before the last', 'Title\n\nSigned-off-by: A <a@x>\n\nText\n', []],
    ['takes the title for no trailer', 'Signed-off-by: A <a@x>\n', []],
    ['takes no title after empty lines either', '\n\nSigned-off-by: A <a@x>\n', []],
    ['joins continued lines behind an empty value', 'T\n\nNote:\n  one\n\ttwo\n', ['Note=one two']],
    ['joins continued lines', 'T\n\nNote: one\n  two\n', ['Note=one two']],
    ['ignores a line that continues nothing, and so the block', 'T\n\n  one\nNote: two\n', []],
    ['refuses a paragraph with prose and no line of git', 'T\n\nNote: one\nprose\n', []],
    [
      'takes prose among the lines of git, up to three quarters',
      'T\n\nprose\nprose\nprose\nSigned-off-by: A <a@x>\n',
      ['Signed-off-by=A <a@x>'],
    ],
    ['refuses more prose than that', 'T\n\np\np\np\np\nSigned-off-by: A <a@x>\n', []],
    [
      'takes the line of git cherry-pick for no prose',
      'T\n\n(cherry picked from commit abc)\nNote: one\n',
      ['Note=one'],
    ],
    ['reads carriage returns as ends of lines', 'T\r\n\r\nNote: one\r\n', ['Note=one']],
    ['passes over comments', '# c\nT\n\nA: b\n# c\n  d\nE: f\n\n# g\n', []],
    ['passes over comments between trailers', 'T\n\nA: b\n# c\nE: f\n\n# g\n', ['A=b', 'E=f']],
    ['finds none in an empty message', '', []],
  ];
  for (const [what, message, expected] of table) {
    it(what, () => {
      assert.deepEqual(list(message), expected);
    });
  }

  it('keeps one more than it may, and judges by all', () => {
    const prose = 'p\n'.repeat(30);

    assert.deepEqual(
      [
        list(`T\n\n${'A: b\n'.repeat(10)}`),
        list(`T\n\nSigned-off-by: x\n${'A: b\n'.repeat(9)}${prose}`),
      ].map(({ length }) => length),
      [6, 6],
    );
  });

  it('reads any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '\r') }), (text) => {
        parseTrailers(text, 5);
      }),
    );
  });
});
