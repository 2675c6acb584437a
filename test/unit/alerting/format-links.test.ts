import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLinks } from '../../../src/alerting/format-links.ts';

test('formatLinks() fills in what is known, encoded, and leaves out the rest', () => {
  const links = [
    { text: 'Runbook', href: 'https://example.com/runbook' },
    { text: 'Decision', href: 'https://example.com/{cluster}/{decision}' },
    { text: 'Commit', href: 'https://example.com/{commit}' },
    { text: 'Unknown', href: 'https://example.com/{elsewhere}' },
  ];
  const values = { cluster: 'a/../b', decision: 'D 1', commit: '' };
  assert.deepEqual(formatLinks(links, values), [
    { text: 'Runbook', href: 'https://example.com/runbook' },
    { text: 'Decision', href: 'https://example.com/a%2F..%2Fb/D%201' },
  ]);
});
