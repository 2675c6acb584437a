import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPath, formatText, formatValue } from '../../../src/base/format-value.ts';
import type { PathSegment } from '../../../src/base/format-value.ts';

const VALUES: readonly (readonly [unknown, string])[] = [
  ['evil:latest', 'evil:latest'],
  ['', '""'],
  [5, '5'],
  [true, 'true'],
  [null, 'null'],
  [undefined, 'undefined'],
  [{ a: [1, 'x', {}], b: null }, '{"a":[1,"x",{}],"b":null}'],
  [JSON.rawJSON('123456789012345678901'), '123456789012345678901'],
  ['a\nb\tc\u001b[31m', 'a\\nb\\tc\\u001b[31m'],
  // A right-to-left override would show `exe.txt` for `txt.exe`.
  ['\u202etxt.exe', '\\u202etxt.exe'],
  ['a\u200bb\u2028c', 'a\\u200bb\\u2028c'],
  ['\ud800', '\\ud800'],
  ['\u{e0041}', '\\udb40\\udc41'],
  ['ümlaut 👍', 'ümlaut 👍'],
];

for (const [value, text] of VALUES) {
  test(`formatValue() writes ${text}`, () => {
    assert.equal(formatValue(value, 100), text);
  });
}

test('formatValue() cuts long values, without halving a character', () => {
  assert.equal(formatValue('abcdef', 3), 'abc…');
  assert.equal(formatValue('ab👍', 3), 'ab…');
  assert.equal(formatValue({ a: 'x'.repeat(1_000_000) }, 8), '{"a":"xx…');
  assert.equal(
    formatValue(
      Array.from({ length: 100_000 }, () => 1),
      5,
    ),
    '[1,1,…',
  );
});

test('formatValue() answers with one short line for every value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = formatValue(value, 20);
      assert.ok(!/[\n\r]/.test(text));
      assert.ok(text.isWellFormed());
    }),
  );
});

const PATHS: readonly (readonly [readonly PathSegment[], string])[] = [
  [[], ''],
  [[{ key: 'spec' }, { key: 'replicas' }], 'spec.replicas'],
  [
    [{ key: 'spec' }, { key: 'containers' }, { item: 'app' }, { key: 'image' }],
    'spec.containers[app].image',
  ],
  [[{ key: 'args' }, { index: 0 }], 'args[0]'],
  [[{ key: 'annotations' }, { key: 'a.b/c' }], 'annotations["a.b/c"]'],
  [[{ key: 'data' }, { item: 'a]b' }], 'data["a]b"]'],
  [[{ key: 'ports' }, { item: '53/UDP' }], 'ports[53/UDP]'],
  [[{ key: 'data' }, { key: 'a"\n' }], 'data["a\\"\\n"]'],
];

for (const [segments, path] of PATHS) {
  test(`formatPath() writes ${JSON.stringify(path)}`, () => {
    assert.equal(formatPath(segments, 100), path);
  });
}

test('formatPath() cuts a path of endless segments', () => {
  const segments = Array.from({ length: 1000 }, () => ({ key: 'abc' }));

  assert.equal(formatPath(segments, 8), 'abc.abc.…');
});

test('formatText() leaves short printable text alone', () => {
  assert.equal(formatText('a b', 3), 'a b');
});
