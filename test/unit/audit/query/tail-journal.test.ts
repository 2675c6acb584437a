import assert from 'node:assert/strict';
import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FoundEntry } from '../../../../src/audit/query/search-journal.ts';
import { tailJournals, type TailOptions } from '../../../../src/audit/query/tail-journal.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';
import { journalOptions, openTestJournal } from '../../../support/journal-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const once: TailOptions = {
  filter: {},
  lines: 3,
  follow: false,
  signal: new AbortController().signal,
};

async function collect(entries: AsyncIterable<FoundEntry>): Promise<readonly FoundEntry[]> {
  const found: FoundEntry[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

function sequencesOf(found: readonly FoundEntry[]): readonly number[] {
  return found.map(({ entry }) => entry.sequence);
}

test('the newest entries come in the order of time, across segments', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(folder, { segments: [4, 2] });

  assert.deepEqual(sequencesOf(await collect(tailJournals([folder], once))), [4, 5, 6]);
  const none = { ...once, lines: 0 };
  assert.deepEqual(await collect(tailJournals([folder], none)), []);
});

test('only what matches is shown, from several journals', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const folders = [join(folder, 'a'), join(folder, 'b')];
  for (const each of folders) await buildJournal(each, { segments: [9], replica: each.slice(-1) });

  const found = await collect(tailJournals(folders, { ...once, filter: { decision: 'denied' } }));

  assert.deepEqual(
    found.map(({ origin, entry }) => `${origin.replica}${entry.sequence}`),
    ['b6', 'a9', 'b9'],
  );
});

test('a folder without a segment has nothing to show yet', async (t) => {
  const folder = await makeTemporaryFolder(t);

  assert.deepEqual(await collect(tailJournals([folder], once)), []);
});

test('what a running journal keeps is followed across the change of segments, once and in order', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const options = journalOptions(folder, { segmentBytesMax: 64 * 1024, headIntervalMs: 20 });
  const { journal } = await openTestJournal(t, options);
  await journal.append(sampleRecord(1));
  const stop = new AbortController();
  t.after(() => stop.abort());
  const found: FoundEntry[] = [];
  const following = (async () => {
    const tail = { ...once, follow: true, signal: stop.signal, pollMs: 50 };
    for await (const entry of tailJournals([folder], tail)) found.push(entry);
  })();
  // Entries that are appended before the follower has opened the journal are its newest, of which it shows three.
  await waitUntil(() => found.length === 1);
  for (let batch = 0; batch < 10; batch += 1) {
    const numbers = Array.from({ length: 50 }, (_, index) => batch * 50 + index + 2);
    await Promise.all(numbers.map((number) => journal.append(sampleRecord(number))));
    await waitUntil(() => found.length === 50 * (batch + 1) + 1);
  }
  stop.abort();
  await following;
  await journal.close();

  assert.deepEqual(
    sequencesOf(found),
    Array.from({ length: 501 }, (_, index) => index + 1),
  );
});

test('a folder that has no segment yet is followed until there is one', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const stop = new AbortController();
  t.after(() => stop.abort());
  const found: FoundEntry[] = [];
  const following = (async () => {
    const tail = { ...once, follow: true, signal: stop.signal, pollMs: 5 };
    for await (const entry of tailJournals([folder], tail)) found.push(entry);
  })();

  // The file appears as a whole: half of one is no journal yet, whenever the follower looks.
  const built = await makeTemporaryFolder(t);
  await buildJournal(built, { segments: [2] });
  for (const file of await readdir(built)) await rename(join(built, file), join(folder, file));
  await waitUntil(() => found.length === 2);
  stop.abort();
  await following;

  assert.deepEqual(sequencesOf(found), [1, 2]);
});

test('a segment that stays unreadable ends the following, and is named', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const stop = new AbortController();
  t.after(() => stop.abort());
  const tail = { ...once, follow: true, signal: stop.signal, pollMs: 1, patienceMs: 20 };
  const following = collect(tailJournals([folder], tail));
  const ended = assert.rejects(following, {
    code: 'journal_unreadable',
    message: /^The segment "segment-0000000000000001\.sqlite" cannot be (?:read|searched): /u,
  });

  await writeFile(join(folder, 'segment-0000000000000001.sqlite'), 'no database');

  await ended;
});
