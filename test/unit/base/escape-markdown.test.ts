import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeMarkdown } from '../../../src/base/escape-markdown.ts';

test('escapeMarkdown() leaves no mark that Markdown or HTML would read', () => {
  assert.equal(
    escapeMarkdown('a | [b](c) <d> @e & `f`'),
    String.raw`a \| \[b\](c) \<d\> \@e &amp; \`f\``,
  );
});
