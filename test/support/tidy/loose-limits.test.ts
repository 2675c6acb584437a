import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLooseLimits } from './loose-limits.ts';
import { toSourceFile } from './source-file.ts';

function count(text: string, path = 'src/sample/sample.ts'): number {
  return findLooseLimits([toSourceFile(path, text)]).length;
}

for (const [name, text] of [
  ['a constant', 'const POLL_MS = 10_000;'],
  ['an exported constant', 'export const CASES_MAX = 100;'],
  ['a constant whose comment is above a blank line', '/** The file. */\n\nconst DEPTH_MAX = 8;'],
  ['a product of bytes', 'const read = readBounded(file, 64 * 1024);'],
  ['a default of milliseconds', 'start({ windowMs: options.quarantineWindowMs ?? 60_000 });'],
  ['a computed default', 'const workers = options.workers ?? Math.max(2, processors - 1);'],
  ['a small default', 'const kills = options.quarantineAfterKills ?? 3;'],
  ['a default of a parameter', 'function retire(afterMs = 30_000): void {}'],
  ['an argument', 'new DatabaseSync(path, { timeout: 5000 });'],
  [
    'a number in a function that has a comment itself',
    '/** Reads. */\nfunction read() {\n  return call({ timeoutMs: 5000 });\n}',
  ],
] as const) {
  test(`findLooseLimits() finds ${name}`, () => {
    assert.equal(count(text), 1);
  });
}

for (const [name, text] of [
  ['a constant with a reason', '/** Writers truncate first. */\nconst SETTLE_MS = 200;'],
  ['a group with one reason', '// RFC 5424.\nconst A_MAX = 32;\nconst B_MAX = 48;'],
  ['a reason on the line', 'call({ timeoutMs: 5000 }); // a program that starts'],
  ['a table with a reason', '/** Ever smaller. */\nconst STEPS = [\n  { textCharsMax: 4096 },\n];'],
  ['an argument with a reason', '{\n  // Nobody waits.\n  call({ timeoutMs: 5000 });\n}'],
  ['a unit', 'const MS_PER_MINUTE = 60_000;\nconst DAY_MS = 86_400_000;'],
  ['nothing and one', 'call({ afterMs: 0, entriesMax: 1 }, count ?? 0);'],
  ['a number in a text', "const HINT_MAX_TEXT = 'at most 64 * 1024';"],
] as const) {
  test(`findLooseLimits() passes ${name}`, () => {
    assert.equal(count(text), 0);
  });
}

test('findLooseLimits() passes rows of the table', () => {
  assert.equal(count('const row = { default: 64 * 1024 };', 'src/sinks/loki/settings.ts'), 0);
});
