import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseNumstat } from '../../../../src/source/mirror/parse-numstat.ts';

const parse = (text: string) => parseNumstat(Buffer.from(text));

test('lines are counted by file, and those of binary files are not known', () => {
  assert.deepEqual(
    parse('3\t12\tshop/app.yaml\0-\t-\tlogo.png\x000\t0\t\0old\0new\x001\t0\ta\tb\n\0'),
    [
      { path: 'shop/app.yaml', linesAdded: 3, linesDeleted: 12 },
      { path: 'logo.png', linesAdded: null, linesDeleted: null },
      { path: 'new', linesAdded: 0, linesDeleted: 0 },
      { path: 'a\tb\n', linesAdded: 1, linesDeleted: 0 },
    ],
  );
  assert.deepEqual(parse(''), []);
});

for (const output of [
  '3\t12\tshop',
  '3\t12\0',
  '3\t-\tx\0',
  'x\t1\tx\0',
  '1\t1\t\0old\0',
  '1\t1\t\0old\0\0',
  `${'9'.repeat(16)}\t0\tx\0`,
]) {
  test(`${JSON.stringify(output)} is no such output`, () => {
    assert.equal(parse(output), undefined);
  });
}

test('whatever bytes there are, counts are whole numbers, or there are none', () => {
  const part = fc.oneof(fc.constantFrom('1\t2\tx', '-\t-\ty', '1\t2\t', 'z', ''), fc.string());
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const files = parse(parts.map((each) => `${each}\0`).join(''));
      assert.ok(
        files?.every(({ linesAdded }) => linesAdded === null || Number.isSafeInteger(linesAdded)) ??
          true,
      );
    }),
  );
});
