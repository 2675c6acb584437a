import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCode, errorText, sqliteErrorCode } from '../../../src/base/error-details.ts';

const plain = new Error('the disk is full');

test('errorText() is the message of an error, and anything else as text', () => {
  assert.deepEqual(
    [plain, 'a text', 7, undefined, null].map((thrown) => errorText(thrown)),
    ['the disk is full', 'a text', '7', 'undefined', 'null'],
  );
});

test('errorCode() is the text that the platform puts into `code`, and nothing else', () => {
  const thrown = [
    Object.assign(new Error('x'), { code: 'ENOENT' }),
    Object.assign(new Error('x'), { code: 5 }),
    plain,
    { code: 'ENOENT' },
    undefined,
  ];
  assert.deepEqual(
    thrown.map((error) => errorCode(error)),
    ['ENOENT', undefined, undefined, undefined, undefined],
  );
});

test('sqliteErrorCode() is the number that node:sqlite puts into `errcode`, and nothing else', () => {
  const thrown = [
    Object.assign(new Error('x'), { errcode: 261 }),
    Object.assign(new Error('x'), { errcode: '261' }),
    plain,
    { errcode: 261 },
  ];
  assert.deepEqual(
    thrown.map((error) => sqliteErrorCode(error)),
    [261, undefined, undefined, undefined],
  );
});
