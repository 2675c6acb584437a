import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readJournals, readSegments } from '../../../../src/audit/export/read-journal.ts';
import type { EntryFilter } from '../../../../src/audit/query/match-entry.ts';
import { segmentName } from '../../../../src/audit/journal/segment-files.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { SAMPLE_START_MS } from '../../../support/journal/sample-record.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function read(folders: readonly string[], filter: EntryFilter): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { origin, entry } of readJournals(folders, filter)) {
    found.push(`${origin.replica}${entry.sequence}`);
  }
  return found;
}

test('entries that match are read in order, one journal after the other', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const folders = [join(folder, 'a'), join(folder, 'b')];
  for (const each of folders) {
    await buildJournal(each, { segments: [4, 4], replica: each.slice(-1) });
  }

  assert.deepEqual(await read(folders, { decision: 'denied' }), ['a3', 'a6', 'b3', 'b6']);
});

test('only segments that hold something of the time are opened', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(folder, { segments: [4, 4, 4] });
  const at = (second: number): number => SAMPLE_START_MS + second * 1000;
  const names: string[] = [];

  for await (const { file } of readSegments(folder, { sinceMs: at(6), untilMs: at(9) })) {
    names.push(file.name);
  }

  assert.deepEqual(names, [segmentName(5)]);
});

test('a segment that cannot be read is an error', async (t) => {
  const folder = await makeTemporaryFolder(t);
  writeFileSync(join(folder, segmentName(1)), 'no database'.repeat(100));

  await assert.rejects(read([folder], {}), { code: 'journal_unreadable' });
});
