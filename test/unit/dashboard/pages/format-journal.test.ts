import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatJournal } from '../../../../src/dashboard/pages/format-journal.ts';
import type { JournalState } from '../../../../src/dashboard/records/journal-state.ts';

const NOW_MS = Date.UTC(2026, 10, 30, 8);

function read(state: JournalState): string {
  const viewer = { username: 'root', groups: [], extra: {} };
  return String(
    formatJournal({ cluster: 'c', replica: 'holdfast-0', viewer, state, nowMs: NOW_MS }),
  ).replaceAll(/<\/dt><dd>/gu, ': ');
}

test('formatJournal() has the end of the chain, and how far sinks are', () => {
  const page = read({
    chain: 'C1',
    segments: 2,
    firstSequence: 5,
    lastSequence: 9,
    lastHash: 'h9',
    lastMs: NOW_MS - 3000,
    head: { sequence: 8, time: '2026-11-30T07:59:00Z' },
    checked: { entries: 5 },
    sinks: [{ name: 'siem', behind: 4 }, { name: 'loki', behind: 0 }, { name: 'new' }],
  });

  for (const text of [
    'Chain: C1',
    'Entries: 5 to 9, in 2 segments',
    'Newest entry: 3 s ago',
    'Its hash: <code>h9</code>',
    'Newest signed head: of entry 8, 2026-11-30T07:59:00Z',
    'The newest 5 entries match their hashes.',
    'siem: 4 entries behind',
    'loki: has everything',
    'new: has not begun',
  ]) {
    assert.ok(page.includes(text), `${text}\n---\n${page}`);
  }
});

test('formatJournal() says what is wrong, and that there is nothing yet', () => {
  const fault = 'Entry 7 of the journal does not match its hash: run holdfast audit verify';
  const page = read({ segments: 0, lastSequence: 0, checked: { fault }, sinks: [] });

  for (const text of [
    'Chain: none',
    'Entries: 0 to 0, in 0 segments',
    'Newest entry: none',
    'Newest signed head: none',
    `<p class="problem" role="alert">${fault}</p>`,
    'No sink is configured.',
  ]) {
    assert.ok(page.includes(text), `${text}\n---\n${page}`);
  }
});
