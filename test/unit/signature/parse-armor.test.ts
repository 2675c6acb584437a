import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseArmor } from '../../../src/signature/parse-armor.ts';

const BLOCK = '-----BEGIN THING-----\n\nAAEC\n-----END THING-----\n';

test('parseArmor() finds blocks with headers, a checksum, CRLF and blank lines', () => {
  const texts = [
    BLOCK,
    '-----BEGIN THING-----\nAAEC\n-----END THING-----',
    '-----BEGIN THING-----\r\nVersion: 1\r\nComment:\r\n\r\nAA\r\nEC\r\n=abcd\r\n-----END THING-----\r\n',
  ];
  for (const text of texts) {
    assert.deepEqual(parseArmor(text), {
      blocks: [{ label: 'THING', line: 1, bytes: Buffer.from([0, 1, 2]) }],
      problems: [],
      otherTextLine: undefined,
    });
  }
});

test('parseArmor() finds several blocks with text between them', () => {
  const { blocks, problems, otherTextLine } = parseArmor(`\n# Ada\n${BLOCK}text\n${BLOCK}`);
  assert.deepEqual(
    blocks.map(({ line }) => line),
    [3, 8],
  );
  assert.deepEqual(problems, []);
  assert.equal(otherTextLine, 2);
});

test('parseArmor() says where a block is broken', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['-----BEGIN THING-----\nAAEC\n', 1],
    ['-----BEGIN THING-----\nAAEC\n-----END OTHER-----\n', 1],
    ['-----BEGIN THING-----\nA*EC\n-----END THING-----\n', 1],
    ['-----BEGIN THING-----\nAAE\n-----END THING-----\n', 1],
    ['\n-----BEGIN THING-----\n-----END THING-----\n', 2],
    ['-----BEGIN THING-----\nVersion: 1\n-----END THING-----\n', 1],
  ];
  for (const [text, line] of cases) {
    const { blocks, problems } = parseArmor(text);
    assert.deepEqual(blocks, [], text);
    assert.deepEqual(
      problems.map((problem) => problem.line),
      [line],
      text,
    );
  }
});

test('parseArmor() reads the block after one that does not end', () => {
  const { blocks, problems } = parseArmor(`-----BEGIN THING-----\nAAEC\n${BLOCK}`);
  assert.deepEqual(
    blocks.map(({ line }) => line),
    [3],
  );
  assert.equal(problems.length, 1);
});

test('parseArmor() is total', () => {
  const line = fc.constantFrom(
    '-----BEGIN A-----',
    '-----END A-----',
    '-----BEGIN B-----',
    'AAEC',
    '=abcd',
    'Key: value',
    '',
    '-----',
  );
  const text = fc.oneof(
    fc.array(line).map((lines) => lines.join('\n')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(text, (input) => {
      const { blocks, problems } = parseArmor(input);
      assert.ok(blocks.length + problems.length <= input.split('-----BEGIN ').length - 1);
    }),
  );
});
