import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError, ERRORS, HoldfastError } from '../../src/errors.ts';

for (const [code, row] of Object.entries<ReturnType<typeof describeError>>(ERRORS)) {
  test(`the row of ${code} is complete`, () => {
    assert.match(code, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    assert.match(row.meaning, /^[A-Z].*[^.]$/);
    assert.match(row.remedy, /^[A-Z].*[^.]$/);
    assert.equal(row.caller === 'exit', row.exitCode !== undefined);
    assert.equal(row.httpStatus !== undefined || row.caller !== 'reject', true);
  });
}

test('describeError() returns the row', () => {
  assert.equal(describeError('review_too_large').httpStatus, 413);
});

test('HoldfastError carries its code and cause', () => {
  const cause = new Error('why');
  const error = new HoldfastError('internal_error', 'Broken', { cause });
  assert.deepEqual(
    [error.name, error.code, error.message, error.cause],
    ['HoldfastError', 'internal_error', 'Broken', cause],
  );
});
