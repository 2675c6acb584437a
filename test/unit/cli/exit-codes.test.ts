import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT_CODES } from '../../../src/cli/exit-codes.ts';
import { ERRORS, type ErrorRow } from '../../../src/errors.ts';

test('exit codes never change their meaning', () => {
  const codes = Object.fromEntries(
    Object.entries(EXIT_CODES).map(([name, { code }]) => [name, code]),
  );

  assert.deepEqual(codes, {
    ok: 0,
    failed: 1,
    usage: 2,
    changed: 2,
    configuration: 3,
    unavailable: 4,
    internal: 70,
  });
});

test('every exit code of the error table is one of them, and never success', () => {
  const known: ReadonlySet<number> = new Set(Object.values(EXIT_CODES).map(({ code }) => code));
  const rows: readonly ErrorRow[] = Object.values(ERRORS);

  for (const { exitCode, meaning } of rows) {
    if (exitCode === undefined) continue;
    assert.ok(known.has(exitCode) && exitCode !== 0, meaning);
  }
});
