import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from '../../../src/base/printable.ts';

test('what moves the cursor, hides text or ends a line is replaced', () => {
  assert.equal(printable('a\u001b[31mb\nc\u202ed\u2028e ü'), 'a�[31mb�c�d�e ü');
});
