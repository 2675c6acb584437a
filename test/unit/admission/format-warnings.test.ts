import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitWarnings } from '../../../src/admission/format-warnings.ts';

test('fitWarnings() leaves short warnings as they are', () => {
  assert.deepEqual(fitWarnings(['one', 'two words']), ['one', 'two words']);
});

test('fitWarnings() makes one line of several', () => {
  assert.deepEqual(fitWarnings([' a\r\nb\tc\u2028d\u0000e ']), ['a b c d e']);
});

test('fitWarnings() cuts a long warning between words', () => {
  const [warning] = fitWarnings(['word '.repeat(60)]);
  assert.equal(warning, `${'word '.repeat(51).trim()}…`);
});

test('fitWarnings() cuts inside a word that is longer than half a line, but never inside a character', () => {
  assert.deepEqual(fitWarnings(['x'.repeat(300)]), [`${'x'.repeat(255)}…`]);
  assert.deepEqual(fitWarnings([`${'x'.repeat(254)}😀😀`]), [`${'x'.repeat(254)}…`]);
});

test('fitWarnings() keeps the code and the decision of a warning that it cuts', () => {
  const ending = '(image_unavailable by image_signatures, decision 01J8ZQ4Y3N7R5T9V1X3Z5B7D9F)';
  const [warning] = fitWarnings([`${'word '.repeat(60)}${ending}`]);
  assert.equal(warning, `${'word '.repeat(35).trim()}… ${ending}`);
  assert.ok(warning.length <= 256);
});

test('fitWarnings() counts the warnings that do not fit', () => {
  const warnings = Array.from({ length: 20 }, () => 'x'.repeat(256));
  assert.deepEqual(fitWarnings(warnings), [
    ...Array.from({ length: 15 }, () => 'x'.repeat(256)),
    '5 more warnings did not fit',
  ]);
});

test('fitWarnings() says "1 more warning" for one', () => {
  const warnings = Array.from({ length: 17 }, () => 'x'.repeat(250));
  const fitted = fitWarnings(warnings);
  assert.deepEqual([fitted.length, fitted.at(-1)], [17, '1 more warning did not fit']);
});

test('fitWarnings() uses the whole space where the last warning fits', () => {
  const warnings = Array.from({ length: 16 }, () => 'x'.repeat(256));
  assert.deepEqual(fitWarnings(warnings), warnings);
});

test('fitWarnings() never exceeds what the API server passes on', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 600, unit: 'binary' }), { maxLength: 60 }),
      (warnings) => {
        const fitted = fitWarnings(warnings);
        assert.ok(fitted.every((line) => line.length <= 256));
        assert.ok(fitted.join('').length <= 4096);
      },
    ),
  );
});
