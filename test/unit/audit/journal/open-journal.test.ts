import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { FIRST_PREVIOUS_HASH, hashEntry } from '../../../../src/audit/verify/hash-entry.ts';
import { verifyHead } from '../../../../src/audit/verify/head.ts';
import type { JournalPlace } from '../../../../src/audit/journal.ts';
import { openJournal } from '../../../../src/audit/journal/open-journal.ts';
import { canonicalJson } from '../../../../src/base/canonical-json.ts';
import { SYSTEM_THREADS, startWriter } from '../../../../src/audit/journal/thread-calls.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import { readVerificationKey } from '../../../../src/base/json-web-signature.ts';
import { HoldfastError } from '../../../../src/errors.ts';
import {
  journalOptions,
  openTestJournal,
  readTestJournal,
  sampleRecord,
} from '../../../support/journal-samples.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const SEGMENT_1 = 'segment-0000000000000001.sqlite';

function hasCode(code: string): (fault: unknown) => boolean {
  return (fault) => fault instanceof HoldfastError && fault.code === code;
}

/** Where an entry stands, as a reader sees it. */
function placed(place: JournalPlace | undefined): Omit<JournalPlace, 'chain'> {
  return { sequence: place?.sequence ?? 0, hash: place?.hash ?? '' };
}

function recorded(number: number) {
  const record = sampleRecord(number);
  return { record, recordJson: canonicalJson(record) };
}

describe('openJournal()', () => {
  it('gives each record its place, durable and chained, and reads it back', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const { journal } = await openTestJournal(test, journalOptions(folder));

    const places = await Promise.all([1, 2, 3].map((n) => journal.append(sampleRecord(n))));

    assert.deepEqual(
      places.map(({ sequence }) => sequence),
      [1, 2, 3],
    );
    const chain = new DatabaseSync(join(folder, SEGMENT_1), { readOnly: true })
      .prepare("SELECT value FROM meta WHERE key = 'chain'")
      .get();
    const first = hashEntry({
      chain: String(chain?.['value']),
      sequence: 1,
      previousHash: FIRST_PREVIOUS_HASH,
      recordJson: canonicalJson(sampleRecord(1)),
    });
    assert.equal(places[0]?.hash, first);
    const { entries, firstSequence } = readTestJournal(folder, journal, {
      afterSequence: 1,
      entriesMax: 10,
    });
    assert.equal(firstSequence, 1);
    assert.deepEqual(entries, [
      { ...placed(places[1]), ...recorded(2) },
      { ...placed(places[2]), ...recorded(3) },
    ]);
    assert.equal(journal.lastSequence(), 3);
  });

  it('goes on where it ended, after a close and after a death', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const first = await openTestJournal(test, journalOptions(folder));
    const place = await first.journal.append(sampleRecord(1));
    await first.journal.close();
    const second = await openTestJournal(test, journalOptions(folder));

    assert.equal(second.journal.lastSequence(), 1);
    assert.equal((await second.journal.append(sampleRecord(2))).sequence, 2);
    const { entries } = readTestJournal(folder, second.journal, {
      afterSequence: 0,
      entriesMax: 10,
    });
    assert.deepEqual(
      entries.map(({ sequence, hash }) => ({ sequence, hash })),
      [placed(place), { sequence: 2, hash: entries[1]?.hash }],
    );
  });

  it('seals what was written when it closes: one read-only file, ended by a signed head', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const { journal } = await openTestJournal(test, journalOptions(folder));
    const { hash } = await journal.append(sampleRecord());
    await journal.close();

    const path = join(folder, SEGMENT_1);
    assert.equal((await stat(path)).mode & 0o777, 0o440);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('segment')),
      [SEGMENT_1],
    );
    const database = new DatabaseSync(path, { readOnly: true });
    test.after(() => database.close());
    const head = database.prepare('SELECT jws FROM heads').get();
    const key = await readVerificationKey(await readFile(join(folder, 'head-key.pub.jwk'), 'utf8'));
    assert.ok(key.ok);
    const verified = await verifyHead(String(head?.['jws']), [key.key]);
    assert.deepEqual(verified.ok && { ...verified.head, chain: '', time: '' }, {
      chain: '',
      cluster: 'prod-eu-1',
      replica: 'holdfast-0',
      sequence: 1,
      hash,
      time: '',
      segment: 1,
      sealed: true,
    });
    assert.equal((await stat(join(folder, 'head-key.jwk'))).mode & 0o777, 0o600);
  });

  it('refuses a folder that another journal has, and leaves nothing running', async (test) => {
    const folder = await makeTemporaryFolder(test);
    await openTestJournal(test, journalOptions(folder));

    await assert.rejects(
      openTestJournal(test, journalOptions(folder)),
      (fault) =>
        hasCode('journal_locked')(fault) &&
        String(fault).includes('give each replica a folder of its own'),
    );
  });

  it('rotates by size and goes on in the next segment; reading crosses the border', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const options = journalOptions(folder, { segmentBytesMax: 65_536 });
    const { journal, telemetry } = await openTestJournal(test, options);

    for (let n = 1; n <= 120; n += 1) await journal.append(sampleRecord(n));
    await waitUntil(async () =>
      (await telemetry.exposed('holdfast_journal_segments ')).some((line) => !line.endsWith(' 1')),
    );
    await journal.append(sampleRecord(121));

    const { entries } = readTestJournal(folder, journal, { afterSequence: 0, entriesMax: 1000 });
    assert.deepEqual(
      entries.map(({ sequence }) => sequence),
      Array.from({ length: 121 }, (_, index) => index + 1),
    );
  });

  it('signs a head when one is due and there is news', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const options = journalOptions(folder, { headIntervalMs: 1 });
    const { journal, telemetry } = await openTestJournal(test, options);
    await journal.append(sampleRecord());

    await waitUntil(async () =>
      (await telemetry.exposed('holdfast_journal_heads_total')).some((line) => line.endsWith(' 1')),
    );
  });

  it('removes the oldest segments beyond its size, and says that a sink had not had them', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const options = journalOptions(folder, { segmentBytesMax: 65_536, journalBytesMax: 200_000 });
    const { journal, telemetry } = await openTestJournal(test, options);
    journal.keepFrom(() => 1);

    for (let n = 1; n <= 400; n += 1) {
      await journal.append(sampleRecord(n));
    }
    await waitUntil(() =>
      telemetry.entries.some(
        ({ message }) =>
          message === 'Records were removed before every sink had them: the journal is full',
      ),
    );

    const { entries, firstSequence } = readTestJournal(folder, journal, {
      afterSequence: 0,
      entriesMax: 1,
    });
    assert.ok(firstSequence > 1);
    assert.equal(entries[0]?.sequence, firstSequence);
    const notes = (await readFile(join(folder, 'removed.jsonl'), 'utf8')).trim().split('\n');
    assert.match(notes[0] ?? '', /^\{"firstSequence":1,/u);
  });

  it('fails a record that finds no room in the queue, and counts it', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const options = journalOptions(folder, { queueEntriesMax: 2 });
    const { journal, telemetry } = await openTestJournal(test, options);

    const results = await Promise.allSettled([1, 2, 3].map((n) => journal.append(sampleRecord(n))));

    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    );
    assert.deepEqual(await telemetry.exposed('holdfast_journal_faults_total'), [
      'holdfast_journal_faults_total{code="journal_queue_full"} 1',
    ]);
  });

  it('cuts a huge record to its limit, and says so in the record', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const options = journalOptions(folder, { recordBytesMax: 65_536 });
    const { journal, telemetry } = await openTestJournal(test, options);
    const user = {
      username: 'alice',
      groups: Array.from({ length: 50_000 }, () => 'g'),
      extra: {},
    };

    await journal.append(sampleRecord(1, { user }));

    const { entries } = readTestJournal(folder, journal, { afterSequence: 0, entriesMax: 1 });
    assert.deepEqual(entries[0]?.record.cut, ['user']);
    assert.equal(entries[0]?.record.user.groups.length, 256);
    assert.deepEqual(await telemetry.exposed('holdfast_records_truncated_total'), [
      'holdfast_records_truncated_total 1',
    ]);
  });

  it('tells listeners after records became durable', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const { journal } = await openTestJournal(test, journalOptions(folder));
    const heard: number[] = [];
    const stop = journal.onAppended(() => heard.push(journal.lastSequence()));

    await journal.append(sampleRecord(1));
    await waitUntil(() => heard.length === 1);
    stop();
    await journal.append(sampleRecord(2));

    assert.deepEqual(heard, [1]);
  });

  it('waits with a batch for its delay, and not longer', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const options = journalOptions(folder, { batchDelayMs: 20, batchEntriesMax: 3 });
    const { journal, telemetry } = await openTestJournal(test, options);

    await Promise.all([1, 2].map((n) => journal.append(sampleRecord(n))));
    await Promise.all([3, 4, 5].map((n) => journal.append(sampleRecord(n))));

    const counts = await telemetry.exposed('holdfast_journal_batch_entries_count');
    assert.deepEqual(counts, ['holdfast_journal_batch_entries_count 2']);
  });

  it('fails records while it cannot write, says so, and recovers by itself', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const { journal, telemetry } = await openTestJournal(test, journalOptions(folder));
    await journal.append(sampleRecord(1));
    const blocker = new DatabaseSync(join(folder, SEGMENT_1));
    test.after(() => blocker.close());
    blocker.exec('BEGIN IMMEDIATE');

    await assert.rejects(journal.append(sampleRecord(2)), hasCode('journal_write_failed'));
    assert.equal(
      journal.problem(),
      'The journal could not write: database is locked (journal_write_failed)',
    );
    blocker.exec('ROLLBACK');
    await waitUntil(() => journal.problem() === undefined);

    assert.equal((await journal.append(sampleRecord(3))).sequence, 2);
    assert.ok(telemetry.entries.some(({ message }) => message === 'The journal writes again'));
  });

  it('starts its writing thread again when it dies, on the same folder', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const telemetry = recordTelemetry();
    const writerEntry = new URL(
      '../../../fixtures/workers/dying-journal-writer.ts',
      import.meta.url,
    );
    const threads = { ...SYSTEM_THREADS, startWriter: () => startWriter(writerEntry) };
    const parts = { clock: systemClock, ...telemetry, threads };
    const journal = await openJournal(journalOptions(folder), parts);
    test.after(() => journal.close());
    await journal.append(sampleRecord(1));

    const dying = journal.append(sampleRecord(2, { message: 'please die' }));
    const behind = journal.append(sampleRecord(3));
    await assert.rejects(dying, hasCode('journal_closed'));
    await assert.rejects(behind, hasCode('journal_closed'));
    assert.match(journal.problem() ?? '', /asked to die/u);
    await waitUntil(() => journal.problem() === undefined);

    const { sequence } = await journal.append(sampleRecord(4));
    const { entries } = readTestJournal(folder, journal, { afterSequence: 0, entriesMax: 10 });
    assert.deepEqual(entries.at(-1)?.sequence, sequence);
    assert.ok(
      telemetry.entries.some(
        ({ message }) => message === 'A thread of the journal ended and is started again',
      ),
    );
  });

  it('refuses records after it was closed', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const { journal } = await openTestJournal(test, journalOptions(folder));
    const last = journal.append(sampleRecord(1));
    await journal.close();

    assert.equal((await last).sequence, 1);
    await assert.rejects(journal.append(sampleRecord(2)), hasCode('journal_closed'));
  });

  it('cannot be opened where its folder cannot be made', async (test) => {
    const folder = await makeTemporaryFolder(test, { file: 'x' });

    await assert.rejects(
      openTestJournal(test, journalOptions(join(folder, 'file', 'journal'))),
      hasCode('journal_unusable'),
    );
  });
});
