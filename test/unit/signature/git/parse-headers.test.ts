import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseHeaders } from '../../../../src/signature/git/parse-headers.ts';

function parse(text: string) {
  const result = parseHeaders(Buffer.from(text));
  if (result.status === 'rejected') return result;
  return {
    messageStart: result.value.messageStart,
    headers: result.value.headers.map(({ name, value, start, end }) => [
      name,
      value.toString(),
      start,
      end,
    ]),
  };
}

describe('parseHeaders()', () => {
  it('finds each header with its place, and where the message begins', () => {
    assert.deepEqual(parse('tree a\nparent b c\n\nmessage\n\nmore\n'), {
      messageStart: 19,
      headers: [
        ['tree', 'a', 0, 7],
        ['parent', 'b c', 7, 18],
      ],
    });
  });

  it('joins the lines of a header without the space that begins each', () => {
    assert.deepEqual(parse('gpgsig one\n two\n \n  four\nencoding x\n\n'), {
      messageStart: 37,
      headers: [
        ['gpgsig', 'one\ntwo\n\n four', 0, 25],
        ['encoding', 'x', 25, 36],
      ],
    });
  });

  it('takes an object that ends after its headers, as git fsck does', () => {
    assert.deepEqual(parse('tree a\n'), { messageStart: 7, headers: [['tree', 'a', 0, 7]] });
  });

  it('keeps carriage returns and bytes of any encoding in values', () => {
    assert.deepEqual(parse('a b\r\n\nm'), { messageStart: 6, headers: [['a', 'b\r', 0, 5]] });
  });

  it('takes a header without a value', () => {
    assert.deepEqual(parse('a\n\n'), { messageStart: 3, headers: [['a', '', 0, 2]] });
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['a last header without its end of line', 'tree a', 'the last header has no end of line'],
    ['NUL in a header', 'a b\0c\n\n', 'a header, a name and a value, was expected at byte 0'],
    [
      'a first line that continues nothing',
      ' a b\n',
      'a header, a name and a value, was expected at byte 0',
    ],
    [
      'an armor among the headers',
      'a b\n-----BEGIN x\n',
      'a header, a name and a value, was expected at byte 4',
    ],
    [
      'a carriage return alone on a line',
      'a b\n\r\n',
      'a header, a name and a value, was expected at byte 4',
    ],
  ];
  for (const [what, text, reason] of refused) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(parse(text), {
        status: 'rejected',
        code: 'malformed_object',
        reason: `The object cannot be read: ${reason}`,
      });
    });
  }

  it('covers the bytes before the message without a gap, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = parseHeaders(Buffer.from(bytes));
        if (result.status === 'rejected') return;
        let at = 0;
        for (const { start, end } of result.value.headers) {
          assert.equal(start, at);
          at = end;
        }
        assert.ok(at <= result.value.messageStart);
      }),
    );
  });
});
