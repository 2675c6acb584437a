import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatQuoted } from '../../../../src/signature/cosign/format-quoted.ts';
import { COSIGN_LIMITS } from '../../../../src/signature/cosign/settings.ts';

const CHARS_MAX = COSIGN_LIMITS['signature.cosign.quotedCharsMax'].default;

test('formatQuoted() escapes what moves the cursor or ends the line, and cuts what is long', () => {
  assert.equal(formatQuoted('https://example.com'), 'https://example.com');
  assert.equal(formatQuoted('a\nverified'), String.raw`a\nverified`);
  assert.equal(formatQuoted('x'.repeat(4_000_000)), `${'x'.repeat(CHARS_MAX)}…`);
});
