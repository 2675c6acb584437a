/** The journal that is written is the journal that is verified: the real writer, its threads, and the commands' readers. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createAnchorLedger } from '../../src/audit/verify/check-anchors.ts';
import { openJournalFolder } from '../../src/audit/verify/journal-folder.ts';
import { readOwnKeys } from '../../src/audit/verify/read-keys.ts';
import { verifyJournal, type Verification } from '../../src/audit/verify/verify-journal.ts';
import { searchJournals } from '../../src/audit/query/search-journal.ts';
import {
  journalOptions,
  openTestJournal,
  readTestJournal,
  sampleRecord,
} from '../support/journal-samples.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

async function verify(folder: string): Promise<Verification> {
  return await verifyJournal(openJournalFolder(folder), {
    keys: await readOwnKeys(folder),
    keysAreOwn: true,
    anchors: createAnchorLedger([]),
    nowMs: Date.now(),
    headAgeMaxMs: Number.MAX_SAFE_INTEGER,
    findingsMax: 20,
  });
}

function numbers(from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

describe('a journal of the real writer', () => {
  it('verifies while it is written, segment after segment, and when it is closed', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const options = journalOptions(folder, { segmentBytesMax: 64 * 1024, headIntervalMs: 10 });
    const { journal } = await openTestJournal(t, options, 5);
    for (let batch = 0; batch < 10; batch += 1) {
      const appends = numbers(batch * 100 + 1, 100).map((n) => journal.append(sampleRecord(n)));
      const verification = await verify(folder);
      assert.deepEqual(
        verification.findings.filter(({ kind }) => !['folder-key', 'unsigned-end'].includes(kind)),
        [],
      );
      await Promise.all(appends);
    }
    await journal.close();

    const { ok, entryCount, lastSequence, unsignedCount, head, segmentCount } =
      await verify(folder);

    assert.deepEqual(
      { ok, entryCount, lastSequence, unsignedCount },
      {
        ok: true,
        entryCount: 1000,
        lastSequence: 1000,
        unsignedCount: 0,
      },
    );
    assert.equal(head?.sequence, 1000);
    assert.ok(segmentCount > 2, `${segmentCount} segments`);
  });

  it('is found again by its indexes while it is open', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const { journal } = await openTestJournal(t, journalOptions(folder));
    await Promise.all(numbers(1, 20).map((n) => journal.append(sampleRecord(n))));
    const filter = { object: { resources: ['deployments'], namespace: 'shop', name: 'checkout' } };

    const found: number[] = [];
    for await (const { entry } of searchJournals([folder], { filter, limit: 5 })) {
      found.push(entry.sequence);
    }

    await journal.close();

    assert.deepEqual(found, [20, 19, 18, 17, 16]);
  });

  it('verifies after retention removed its beginning, and not without the note of it', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const options = journalOptions(folder, {
      segmentBytesMax: 64 * 1024,
      journalBytesMax: 256 * 1024,
    });
    const { journal } = await openTestJournal(t, options, 5);
    for (let batch = 0; batch < 10; batch += 1) {
      await Promise.all(numbers(batch * 100 + 1, 100).map((n) => journal.append(sampleRecord(n))));
      // On a busy machine a log is long, and retention may leave nothing but a segment that has just begun.
      await waitUntil(() => {
        const { entries, firstSequence } = readTestJournal(folder, journal, {
          afterSequence: 0,
          entriesMax: 1,
        });
        return entries.length === 1 || firstSequence > 1;
      });
    }
    await waitUntil(
      () => readTestJournal(folder, journal, { afterSequence: 0, entriesMax: 1 }).firstSequence > 1,
    );
    await journal.close();

    const explained = await verify(folder);
    rmSync(join(folder, 'removed.jsonl'));
    const unexplained = await verify(folder);

    assert.equal(explained.ok, true, JSON.stringify(explained.findings));
    assert.equal(explained.counts.retention, 1);
    assert.equal(unexplained.ok, false);
    assert.deepEqual(unexplained.counts, { deleted: 1, 'folder-key': 1 });
  });
});
