import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  parseTrackedFallback,
  parseTrackedRef,
} from '../../../../src/source/mirror/parse-tracked-ref.ts';

test('parseTrackedRef() knows every form of a target revision', () => {
  const branchOrTag = (name: string): object => ({
    kind: 'names',
    names: [`refs/heads/${name}`, `refs/tags/${name}`],
  });
  const table: readonly [string, object][] = [
    ['', { kind: 'names', names: ['HEAD'] }],
    ['HEAD', { kind: 'names', names: ['HEAD'] }],
    ['main', branchOrTag('main')],
    ['release/1.2', branchOrTag('release/1.2')],
    ['v1.2.3', branchOrTag('v1.2.3')],
    ['feature-x', branchOrTag('feature-x')],
    ['refs/pull/7/head', { kind: 'names', names: ['refs/pull/7/head'] }],
    ['a'.repeat(40), { kind: 'any' }],
    ['a'.repeat(64), { kind: 'any' }],
    ['1.*', { kind: 'tags' }],
    ['1.x', { kind: 'tags' }],
    ['>=1.0.0 <2.0.0', { kind: 'tags' }],
    ['^1.2', { kind: 'tags' }],
    ['~1.2', { kind: 'tags' }],
  ];
  for (const [text, tracked] of table) {
    assert.deepEqual(parseTrackedRef(text), { ok: true, tracked }, text);
  }
});

test('parseTrackedRef() refuses options and what is no name of a ref', () => {
  for (const text of [
    '-q',
    '--upload-pack=attack',
    'a..b',
    'a:b',
    'a?b',
    'a[b',
    'a\\b',
    'a@{1}',
    'a//b',
    'a/.b',
    'a.lock',
    'a.lock/b',
    '/a',
    'a/',
    '.a',
    'a.',
    '@',
    'a\nb',
    'a\u202Eb',
    'x'.repeat(2000),
  ]) {
    assert.equal(parseTrackedRef(text).ok, false, text);
  }
});

test('parseTrackedFallback() reads an abbreviated id and a short version', () => {
  assert.deepEqual(parseTrackedFallback('abcdef1'), { kind: 'any' });
  assert.deepEqual(parseTrackedFallback('1.2'), { kind: 'tags' });
  assert.deepEqual(parseTrackedFallback('v1'), { kind: 'tags' });
  assert.equal(parseTrackedFallback('main'), undefined);
});

test('parseTrackedRef() never gives a name that git could take for an option or a pattern', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parsed = parseTrackedRef(text);
      if (!parsed.ok || parsed.tracked.kind !== 'names') return;
      for (const name of parsed.tracked.names) assert.match(name, /^(?:HEAD|refs\/[^*?[\s:]+)$/u);
    }),
  );
});
