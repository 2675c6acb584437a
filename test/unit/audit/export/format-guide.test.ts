import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatGuide, formatControls } from '../../../../src/audit/export/format-guide.ts';

const manifest = {
  format: 'holdfast-evidence/1' as const,
  created: '2026-11-20T08:00:00.000Z',
  journals: [
    {
      folder: 'journals/1',
      cluster: 'prod | x',
      replica: '',
      chain: 'C',
      segments: [{ name: 's', entries: 3 }],
      entries: 3,
      denied: 1,
    },
  ],
  policyRevisions: [
    { revision: 'a', included: true },
    { revision: 'b', included: false },
  ],
  configurationHashes: [],
};

test('the guide says what is in the package and how it is checked', () => {
  const text = formatGuide(manifest, 'KEY');

  assert.match(text, /the beginning to the end, exported at\n2026-11-20T08:00:00\.000Z/u);
  assert.match(text, /\n\| `journals\/1` \| prod {3}x \| - \| C \| 1 \| 3 \| 1 \|\n/u);
  assert.match(text, /1 of the 2 that the records name is included/u);
  assert.match(text, /0 of the 0 that the records name are included/u);
  assert.match(text, /signed \(RFC 7515\) with the key `KEY`/u);
});

test('the guide says what time was asked for', () => {
  const text = formatGuide({ ...manifest, since: '2026-10-01', until: '2026-11-01' }, 'KEY');

  assert.match(text, /by when it was asked for: 2026-10-01 to 2026-11-01, exported/u);
});

test('each criterion says what is proven and what is not', () => {
  const sections = formatControls().split('\n## ');

  for (const criterion of ['CC6.1', 'CC7.2', 'CC8.1']) {
    const section = sections.find((text) => text.startsWith(criterion)) ?? '';
    assert.match(section, /\* StoredJournal: .+\n\* Proves: .+\.\n\* Does not prove: .+\./u);
  }
});
