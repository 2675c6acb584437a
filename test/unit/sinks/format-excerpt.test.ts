import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatExcerpt } from '../../../src/sinks/format-excerpt.ts';

test('formatExcerpt() puts a text on one line, without control characters', () => {
  assert.equal(formatExcerpt('\n a\r\n\tb\u0000\u001b[31m\u202ec \n', []), 'a b [31m c');
});

test('formatExcerpt() hides every secret', () => {
  assert.equal(
    formatExcerpt('k1 and k2 and k1', ['k1', 'k2']),
    '[redacted] and [redacted] and [redacted]',
  );
});

test('formatExcerpt() hides a secret before it cuts the text', () => {
  const text = `${'x'.repeat(195)}secret-word`;

  assert.equal(formatExcerpt(text, ['secret-word']), `${'x'.repeat(195)}[red…`);
});

test('formatExcerpt() leaves no half of a character', () => {
  assert.equal(formatExcerpt(`${'x'.repeat(198)}😀😀`, []), `${'x'.repeat(198)}\ufffd…`);
  assert.equal(formatExcerpt('x'.repeat(200), []), 'x'.repeat(200));
  assert.equal(formatExcerpt('', ['a']), '');
});
