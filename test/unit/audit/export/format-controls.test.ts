import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatControls } from '../../../../src/audit/export/format-controls.ts';

test('each criterion says what is proven and what is not', () => {
  const sections = formatControls().split('\n## ');

  for (const criterion of ['CC6.1', 'CC7.2', 'CC8.1']) {
    const section = sections.find((text) => text.startsWith(criterion)) ?? '';
    assert.match(section, /\* StoredJournal: .+\n\* Proves: .+\.\n\* Does not prove: .+\./u);
  }
});
