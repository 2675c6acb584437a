import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRawDiff } from '../../../../src/source/mirror/parse-raw-diff.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const NONE = '0'.repeat(40);

const parse = (text: string) => parseRawDiff(Buffer.from(text));

test('changed, added, deleted and renamed files have their path and their contents', () => {
  const output = [
    `:100644 100755 ${A} ${B} M\0shop/app.yaml\0`,
    `:000000 100644 ${NONE} ${B} A\0new\nline.yaml\0`,
    `:120000 000000 ${A} ${NONE} D\0link\0`,
    `:100644 100644 ${A} ${A} R100\0old.yaml\0new.yaml\0`,
    `:160000 160000 ${A} ${B} M\0module\0`,
  ].join('');
  assert.deepEqual(parse(output), [
    { path: 'shop/app.yaml', blobIds: [A, B] },
    { path: 'new\nline.yaml', blobIds: [B] },
    { path: 'link', blobIds: [A] },
    { path: 'new.yaml', blobIds: [A, A] },
    { path: 'module', blobIds: [] },
  ]);
});

test('ids of SHA-256 are read, and no output is no change', () => {
  const [before, after] = ['a'.repeat(64), 'b'.repeat(64)];
  assert.deepEqual(parse(`:100644 100644 ${before} ${after} M\0x\0`), [
    { path: 'x', blobIds: [before, after] },
  ]);
  assert.deepEqual(parse(''), []);
});

for (const [name, output] of [
  ['is cut in a path', `:100644 100644 ${A} ${B} M\0sho`],
  ['has no path', `:100644 100644 ${A} ${B} M\0`],
  ['has an empty path', `:100644 100644 ${A} ${B} M\0\0`],
  ['lacks the second path of a rename', `:100644 100644 ${A} ${A} R100\0old\0`],
  ['has short ids', `:100644 100644 aaaa bbbb M\0x\0`],
  ['is for people', ' 1 file changed\0'],
] as const) {
  test(`an output that ${name} is none`, () => {
    assert.equal(parse(output), undefined);
  });
}

test('whatever bytes there are, entries have a path, or there are none', () => {
  const part = fc.oneof(
    fc.constantFrom(`:100644 100644 ${A} ${B} M`, `:100644 100644 ${A} ${A} R100`, 'x', ''),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const entries = parse(parts.map((each) => `${each}\0`).join(''));
      assert.ok(entries?.every(({ path }) => path !== '') ?? true);
    }),
  );
});
