import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPath } from '../../../../src/base/format-value.ts';
import type { PathSegment } from '../../../../src/base/format-value.ts';
import {
  matchPathPattern,
  parsePathPattern,
} from '../../../../src/source/manifest/parse-path-pattern.ts';

function match(text: string, segments: readonly PathSegment[]) {
  const parsed = parsePathPattern(text);
  assert.ok(parsed.ok, text);
  return matchPathPattern(parsed.pattern, segments);
}

const IMAGE = [{ key: 'spec' }, { key: 'containers' }, { item: 'app' }, { key: 'image' }];

for (const [text, expected] of [
  ['spec.containers[app].image', 'covers'],
  ['spec.containers[app]', 'covers'],
  ['spec.containers[*].image', 'covers'],
  ['spec.containers["a*"].ima*', 'covers'],
  ['*', 'covers'],
  ['spec.containers[app].image.tag', 'above'],
  ['spec.containers[other].image', 'none'],
  ['status', 'none'],
] as const) {
  test(`the pattern ${text} gives "${expected}" for a container's image`, () => {
    assert.equal(match(text, IMAGE), expected);
  });
}

test('a step may be an index, or a key with dots', () => {
  assert.equal(match('list[0]', [{ key: 'list' }, { index: 0 }]), 'covers');
  const annotation = [{ key: 'metadata' }, { key: 'annotations' }, { key: 'a.b/c"d' }];
  assert.equal(match(String.raw`metadata.annotations["a.b/c\"d"]`, annotation), 'covers');
});

test('every path that is printed matches itself', () => {
  const key = fc.record({
    key: fc.stringMatching(/^[a-z][a-zA-Z]{0,8}$|^[a-z.]{1,5}\/[a-z]{1,5}$/u),
  });
  const item = fc.record({ item: fc.stringMatching(/^[a-z0-9/:.-]{1,10}$/u) });
  fc.assert(
    fc.property(fc.array(fc.oneof(key, item), { minLength: 1, maxLength: 8 }), (segments) => {
      assert.equal(match(formatPath(segments, 1000), segments), 'covers');
    }),
  );
});

for (const text of ['', 'a..b', '[', 'a[b', 'a b', 'a["b]', `a${'.a'.repeat(200)}`]) {
  test(`"${text.slice(0, 20)}" is no pattern`, () => {
    assert.deepEqual(parsePathPattern(text), {
      ok: false,
      reason: `"${text}" is no path: write it as differences are printed, for example spec.template.spec.containers[app].image`,
    });
  });
}
