import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ManifestCache,
  type PreparedSource,
} from '../../../../src/source/manifest/manifest-cache.ts';
import { indexManifests } from '../../../../src/source/manifest/source-index.ts';

const INDEX = indexManifests([], { namespace: '' });

function kept(chars: number): { readonly verdict: PreparedSource; readonly judgedAtMs: number } {
  return { verdict: { status: 'indexed', index: INDEX, type: 'Helm', chars }, judgedAtMs: 0 };
}

test('ManifestCache keeps so many characters, those that were read last', () => {
  const sizes: number[] = [];
  const cache = new ManifestCache(100, (chars) => sizes.push(chars));
  cache.set('a', kept(40));
  cache.set('b', kept(40));
  assert.notEqual(cache.get('a'), undefined);
  cache.set('c', kept(40));
  assert.equal(cache.get('b'), undefined);
  assert.notEqual(cache.get('a'), undefined);
  assert.notEqual(cache.get('c'), undefined);
  assert.equal(cache.chars, 80);
  assert.equal(sizes.at(-1), 80);
});

test('ManifestCache keeps the newest whatever its size, as somebody waits for it', () => {
  const cache = new ManifestCache(100, () => undefined);
  cache.set('a', kept(40));
  cache.set('b', kept(500));
  assert.equal(cache.get('a'), undefined);
  assert.notEqual(cache.get('b'), undefined);
  cache.set('c', kept(1));
  assert.equal(cache.get('b'), undefined);
  assert.equal(cache.chars, 1);
});

test('ManifestCache counts what is replaced and removed once', () => {
  const cache = new ManifestCache(10_000, () => undefined);
  cache.set('a', kept(40));
  cache.set('a', kept(50));
  assert.equal(cache.chars, 50);
  cache.set('b', { verdict: { status: 'not-comparable', reason: 'x' }, judgedAtMs: 0 });
  assert.equal(cache.chars, 50 + 1024);
  cache.delete('a');
  cache.delete('a');
  cache.delete('b');
  assert.equal(cache.chars, 0);
});
