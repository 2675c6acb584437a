import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FUZZ_TARGETS, NOT_FUZZED } from './targets.ts';

const SOURCES = join(import.meta.dirname, '..', '..', '..', 'src');
/** The first parameter of an exported function. */
const TAKES_BYTES =
  /^export (?:async )?function\*? (?:parse|decode)\w*\(\s*\w+: (?:string|Uint8Array|Buffer)\b/mu;

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => /(?:^|\/)(?:parse|decode)[^/]*\.ts$/u.test(path))
  .filter((path) => TAKES_BYTES.test(readFileSync(join(SOURCES, path), 'utf8')))
  .map((path) => path.slice(0, -'.ts'.length));

test('each parser that takes text or bytes is fuzzed, or says why not', () => {
  const fuzzed = new Set(FUZZ_TARGETS.map(({ name }) => name));
  const missing = files.filter((file) => !fuzzed.has(file) && !NOT_FUZZED.has(file));

  assert.deepEqual(missing, []);
});

test('no row is without its file, and none stands in both tables', () => {
  const names = FUZZ_TARGETS.map(({ name }) => name);
  const gone = [...names, ...NOT_FUZZED.keys()].filter(
    (name) => readFileSync(join(SOURCES, `${name}.ts`), 'utf8') === '',
  );

  assert.deepEqual(gone, []);
  assert.deepEqual(
    names.filter((name) => NOT_FUZZED.has(name)),
    [],
  );
  assert.equal(new Set(names).size, names.length);
});
