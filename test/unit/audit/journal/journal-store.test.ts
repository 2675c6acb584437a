import assert from 'node:assert/strict';
import { copyFile, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { clockOf } from '../../../support/simulated-time.ts';
import type { JournalStoreOptions } from '../../../../src/audit/journal/journal-messages.ts';
import { JournalStore } from '../../../../src/audit/journal/journal-store.ts';
import { readEntries } from '../../../../src/audit/journal/read-entries.ts';
import type { PendingEntry } from '../../../../src/audit/journal/segment.ts';
import { indexRecord } from '../../../../src/audit/verify/index-record.ts';
import { canonicalJson } from '../../../../src/base/canonical-json.ts';
import { generateSigningKeyText } from '../../../../src/base/json-web-signature.ts';
import { HoldfastError } from '../../../../src/errors.ts';
import { journalOptions, sampleRecord } from '../../../support/journal-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const DAY_MS = 24 * 60 * 60 * 1000;
const SEGMENT_1 = 'segment-0000000000000001.sqlite';
const ALL = { keepFrom: Number.MAX_SAFE_INTEGER };

interface Opened {
  readonly store: JournalStore;
  readonly clock: { ms: number };
  readonly folder: string;
}

async function open(
  test: TestContext,
  overrides: Partial<JournalStoreOptions> = {},
): Promise<Opened> {
  const folder = overrides.folder ?? (await makeTemporaryFolder(test));
  const clock = { ms: START_MS };
  const settings = { ...journalOptions(folder, overrides), acknowledged: 0 };
  const store = await JournalStore.open(
    settings,
    clockOf(() => clock.ms),
  );
  test.after(() => store.close());
  return { store, clock, folder };
}

function entries(...numbers: readonly number[]): readonly PendingEntry[] {
  return numbers.map((number) => {
    const record = sampleRecord(number);
    return { json: canonicalJson(record), index: indexRecord(record) };
  });
}

function isWriteFailure(fault: unknown): boolean {
  return fault instanceof HoldfastError && fault.code === 'journal_write_failed';
}

function sequencesOf(folder: string): readonly number[] {
  const ask = { afterSequence: 0, entriesMax: 1000, lastSequence: Number.MAX_SAFE_INTEGER };
  return readEntries(folder, ask).entries.map(({ sequence }) => sequence);
}

function codesOf(folder: string): readonly string[] {
  const ask = { afterSequence: 0, entriesMax: 1000, lastSequence: Number.MAX_SAFE_INTEGER };
  return readEntries(folder, ask).entries.map(({ json }) =>
    String(Reflect.get(Object(JSON.parse(json)), 'code')),
  );
}

/** Ends as a killed process does: the database is copied as it lies there, lock and log included. */
async function copyAsCrashed(test: TestContext, folder: string): Promise<string> {
  const copy = await makeTemporaryFolder(test);
  for (const name of await readdir(folder)) await copyFile(join(folder, name), join(copy, name));
  return copy;
}

function damage(folder: string, statement: string): void {
  const database = new DatabaseSync(join(folder, SEGMENT_1));
  database.exec(statement);
  database.close();
}

describe('summaries of open folds', () => {
  const [RECORD] = entries(9);
  const save = (fold: string, json: string): PendingEntry => ({ fold, json });

  it('stand beside the chain, each once, until its record is in it', async (test) => {
    const { store, folder } = await open(test);

    const { firstSequence, hashes } = store.append([
      ...entries(1),
      save('a/1', '{"count":1}'),
      save('b/1', '{"count":1}'),
      save('a/1', '{"count":2}'),
    ]);

    assert.deepEqual([firstSequence, hashes.length], [1, 1]);
    assert.deepEqual(
      [...store.folds],
      [
        ['a/1', '{"count":2}'],
        ['b/1', '{"count":1}'],
      ],
    );
    assert.ok(RECORD?.index !== undefined);
    store.append([{ ...RECORD, fold: 'a/1' }]);
    assert.deepEqual([...store.folds.keys()], ['b/1']);
    assert.deepEqual(sequencesOf(folder), [1, 2]);
  });

  it('move to the next segment, and survive a crash at any time', async (test) => {
    const { store, clock, folder } = await open(test);
    store.append([...entries(1), save('a/1', '{}')]);
    clock.ms += DAY_MS;
    await store.maintain(ALL);
    const whole = await open(test, { folder: await copyAsCrashed(test, folder) });
    const between = await copyAsCrashed(test, folder);
    const [, begun = ''] = (await readdir(between))
      .filter((name) => name.endsWith('.sqlite') && name.startsWith('segment'))
      .toSorted();
    for (const ending of ['', '-wal', '-shm']) {
      await rm(join(between, begun + ending), { force: true });
    }
    const cut = await open(test, { folder: between });

    assert.deepEqual([...store.folds.keys()], ['a/1']);
    assert.deepEqual([...whole.store.folds.keys()], ['a/1']);
    assert.deepEqual([...cut.store.folds.keys()], ['a/1']);
    assert.equal(cut.store.state().lastSequence, 1);
  });

  it('are none in a segment of an earlier version, which gets room for them', async (test) => {
    const { store, folder } = await open(test);
    store.append(entries(1));
    const earlier = await copyAsCrashed(test, folder);
    damage(earlier, 'DROP TABLE folds');

    const again = await open(test, { folder: earlier });
    again.store.append([save('a/1', '{}')]);

    assert.deepEqual([...again.store.folds.keys()], ['a/1']);
  });
});

describe('a journal that is opened again', () => {
  it('goes on in the open segment after a crash', async (test) => {
    const { store, folder } = await open(test);
    store.append(entries(1, 2));
    const crashed = await copyAsCrashed(test, folder);

    const again = await open(test, { folder: crashed });

    assert.deepEqual(again.store.state().damages, []);
    assert.equal(again.store.append(entries(3)).firstSequence, 3);
    assert.deepEqual(sequencesOf(crashed), [1, 2, 3]);
  });

  it('empties the log that a crash has left, so that nothing depends on it', async (test) => {
    const { store, folder } = await open(test);
    store.append(entries(1, 2));
    const crashed = await copyAsCrashed(test, folder);
    const logBytes = async (): Promise<number> =>
      (await stat(join(crashed, `${SEGMENT_1}-wal`))).size;
    assert.ok((await logBytes()) > 0);

    await open(test, { folder: crashed });

    assert.equal(await logBytes(), 0);
  });

  it('begins a new segment after a sealed one, in the same chain', async (test) => {
    const { store, folder } = await open(test);
    store.append(entries(1, 2));
    await store.close();

    const again = await open(test, { folder });

    assert.equal(again.store.append(entries(3)).firstSequence, 3);
    const names = (await readdir(folder)).filter((name) => /^segment-\d+\.sqlite$/u.test(name));
    assert.deepEqual(names, [SEGMENT_1, 'segment-0000000000000003.sqlite']);
    assert.deepEqual(sequencesOf(folder), [1, 2, 3]);
  });

  it('removes a segment that a crash left half made', async (test) => {
    const { store, folder } = await open(test);
    store.append(entries(1));
    await store.close();
    await writeFile(join(folder, 'segment-0000000000000002.sqlite'), '');

    const again = await open(test, { folder });

    assert.equal(again.store.append(entries(2)).firstSequence, 2);
    assert.deepEqual(again.store.state().damages, []);
  });

  for (const [what, statement, reason] of [
    [
      'a changed record',
      "UPDATE entries SET record = replace(record, 'alice', 'mallory') WHERE sequence = 1",
      'entry 1 does not match its hash',
    ],
    ['a missing entry', 'DELETE FROM entries WHERE sequence = 2', 'the entry before 3 is missing'],
    [
      'an entry that follows another one',
      "UPDATE entries SET hash = 'x' WHERE sequence = 2",
      'entry 3 does not follow entry 2',
    ],
    [
      'another beginning',
      "UPDATE meta SET value = 'x' WHERE key = 'first_previous_hash'",
      'entry 1 does not follow the segment before',
    ],
    ['another format', "UPDATE meta SET value = '0' WHERE key = 'format'", 'its format is not 1'],
    ['no chain', "DELETE FROM meta WHERE key = 'chain'", 'it names no chain'],
    ['no first entry', "DELETE FROM meta WHERE key = 'first_sequence'", 'it names no first entry'],
    ['no entries at all', 'DROP TABLE entries', 'no such table: entries'],
  ] as const) {
    it(`puts away a segment with ${what}, and begins a new chain far behind it`, async (test) => {
      const { store, folder } = await open(test);
      store.append(entries(1, 2, 3));
      const crashed = await copyAsCrashed(test, folder);
      damage(crashed, statement);

      const again = await open(test, { folder: crashed });

      const state = again.store.state();
      assert.deepEqual(state.damages, [
        { file: `broken-2026-01-02T03-04-05-000Z-${SEGMENT_1}`, reason },
      ]);
      assert.equal(state.setAside, 1);
      assert.ok(again.store.append(entries(4)).firstSequence > 1_000_000);
      assert.deepEqual(codesOf(crashed), ['journal_entries_lost', 'managed_object_changed']);
    });
  }

  it('puts away what is no database, and keeps the sealed segments before it', async (test) => {
    const { store, folder } = await open(test);
    store.append(entries(1));
    await store.close();
    await writeFile(join(folder, 'segment-0000000000000002.sqlite'), 'x'.repeat(5000));

    const again = await open(test, { folder });

    assert.deepEqual(
      again.store.state().damages.map(({ reason }) => reason),
      ['file is not a database'],
    );
    const { firstSequence } = again.store.append(entries(2));
    assert.deepEqual(sequencesOf(folder), [1, firstSequence - 1, firstSequence]);
  });

  it('keeps a sealed segment that rotted, and does not hand its entries on', async (test) => {
    const { store, folder } = await open(test);
    store.append(entries(1, 2));
    await store.close();
    const again = await open(test, { folder });
    again.store.append(entries(3));
    await again.store.close();
    const path = join(folder, SEGMENT_1);
    const bytes = await readFile(path);
    const at = bytes.indexOf('alice');
    bytes.write('mallo', at);
    await rename(path, `${path}.before`);
    await writeFile(path, bytes);
    await rm(`${path}.before`);

    const third = await open(test, { folder });

    assert.equal(third.store.append(entries(4)).firstSequence, 4);
    assert.throws(
      () => sequencesOf(folder),
      (fault) => fault instanceof HoldfastError && fault.code === 'journal_corrupt',
    );
  });

  it('keeps the public part of a key that signed before another one', async (test) => {
    const keys = await makeTemporaryFolder(test, { 'head.jwk': generateSigningKeyText() });
    const { store, folder } = await open(test);
    await store.close();
    await open(test, { folder, headKeyFile: join(keys, 'head.jwk') });

    const names = (await readdir(folder)).filter((name) => name.endsWith('.pub.jwk'));
    assert.equal(names.length, 2);
    assert.ok(names.includes('head-key.pub.jwk'));
  });

  it('makes a key anew where a power failure has emptied its own, and says so', async (test) => {
    const { store, folder } = await open(test);
    store.append(entries(1));
    await store.close();
    await writeFile(join(folder, 'head-key.jwk'), '');

    const again = await open(test, { folder });

    assert.deepEqual(
      again.store.state().damages.map(({ file }) => file),
      ['broken-head-key.jwk'],
    );
    assert.equal(again.store.append(entries(2)).firstSequence, 2);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.pub.jwk'));
    assert.equal(names.length, 2);
  });

  it('is not opened twice', async (test) => {
    const { folder } = await open(test);

    await assert.rejects(
      open(test, { folder }),
      (fault) =>
        fault instanceof HoldfastError &&
        fault.code === 'journal_locked' &&
        fault.message.includes(folder),
    );
  });

  for (const [what, text] of [
    ['is no key', 'x'],
    ['is not there', undefined],
  ] as const) {
    it(`is not opened with a key file that ${what}`, async (test) => {
      const folder = await makeTemporaryFolder(test, text === undefined ? {} : { key: text });

      await assert.rejects(
        open(test, { headKeyFile: join(folder, 'key') }),
        (fault) => fault instanceof HoldfastError && fault.code === 'journal_key_unusable',
      );
    });
  }
});

describe('a journal that cannot write', () => {
  it('loses nothing where another one holds its database for a while', async (test) => {
    const { store, folder } = await open(test);
    store.append(entries(1));
    const blocker = new DatabaseSync(join(folder, SEGMENT_1));
    blocker.exec('BEGIN IMMEDIATE');

    assert.throws(() => store.append(entries(2)), isWriteFailure);
    await assert.rejects(store.maintain(ALL), isWriteFailure);
    blocker.exec('ROLLBACK');
    blocker.close();

    assert.equal(store.append(entries(3)).firstSequence, 2);
  });

  it('reads the folder again before it goes on, where nobody knows what reached the disk', async (test) => {
    const { store, folder } = await open(test);
    store.append(entries(1, 2));
    const blocker = new DatabaseSync(join(folder, SEGMENT_1));
    blocker.exec("INSERT INTO entry_policies VALUES ('x', 3); DROP TABLE heads");
    blocker.exec('DROP TABLE entries');
    blocker.close();

    assert.throws(() => store.append(entries(3)), isWriteFailure);
    // Fails at once: the folder has not been read again yet.
    assert.throws(() => store.append(entries(4)), isWriteFailure);
    const { damages } = await store.maintain(ALL);

    assert.deepEqual(
      damages.map(({ reason }) => reason),
      ['no such table: entries'],
    );
    assert.ok(store.append(entries(5)).firstSequence > 1_000_000);
  });

  it('adds nothing behind an end that is not the one it has written, and says what is lost', async (test) => {
    const { store, folder } = await open(test);
    store.append(entries(1, 2));
    const blocker = new DatabaseSync(join(folder, SEGMENT_1));
    blocker.exec('BEGIN IMMEDIATE');
    assert.throws(() => store.append(entries(3)), isWriteFailure);
    // As where the flush that acknowledged the entry has lied.
    blocker.exec('DELETE FROM entries WHERE sequence = 2; COMMIT');
    blocker.close();

    assert.throws(() => store.append(entries(4)), isWriteFailure);
    const { lost } = await store.maintain(ALL);

    assert.deepEqual(
      lost.map(({ firstSequence, lastSequence }) => [firstSequence, lastSequence]),
      [[2, 2]],
    );
    assert.ok(store.append(entries(5)).firstSequence > 2);
  });
});

describe('maintenance of a journal', () => {
  it('signs a head when one is due and there is news, once', async (test) => {
    const { store, clock } = await open(test);
    assert.equal((await store.maintain(ALL)).headsSigned, 0);
    store.append(entries(1));
    assert.equal((await store.maintain(ALL)).headsSigned, 0);
    clock.ms += 60_000;

    assert.equal((await store.maintain(ALL)).headsSigned, 1);
    clock.ms += 60_000;
    assert.equal((await store.maintain(ALL)).headsSigned, 0);
  });

  it('seals a segment that is old enough, and not an empty one', async (test) => {
    const { store, clock } = await open(test);
    clock.ms += DAY_MS;
    assert.equal((await store.maintain(ALL)).segments, 1);
    store.append(entries(1));

    const { segments, headsSigned } = await store.maintain(ALL);

    assert.deepEqual({ segments, headsSigned }, { segments: 2, headsSigned: 1 });
  });

  it('does not seal early because the clock was set back, and says by how much it was', async (test) => {
    const { store, clock } = await open(test);
    store.append(entries(10_000));
    clock.ms -= DAY_MS;

    assert.equal(store.append(entries(1)).clockBackMs, 9999);
    assert.equal((await store.maintain(ALL)).segments, 1);
  });

  it('removes what is old and delivered, and notes where it ended', async (test) => {
    const { store, clock, folder } = await open(test, { retentionMs: 2 * DAY_MS });
    store.append(entries(1, 2));
    clock.ms += DAY_MS;
    await store.maintain(ALL);
    clock.ms += 2 * DAY_MS;

    assert.deepEqual((await store.maintain({ keepFrom: 2 })).removed, []);
    assert.deepEqual((await store.maintain({ keepFrom: 3 })).removed, [
      { firstSequence: 1, lastSequence: 2, reason: 'age' },
    ]);

    const note: unknown = JSON.parse(await readFile(join(folder, 'removed.jsonl'), 'utf8'));
    assert.deepEqual(Object.keys(Object(note)), [
      'firstSequence',
      'lastSequence',
      'lastHash',
      'head',
    ]);
    assert.deepEqual(sequencesOf(folder), []);
  });

  it('finishes a sealed segment when the reader that was in the way has gone', async (test) => {
    const { store, clock, folder } = await open(test);
    store.append(entries(1));
    const reader = new DatabaseSync(join(folder, SEGMENT_1), { readOnly: true });
    reader.exec('BEGIN; SELECT count(*) FROM entries');
    clock.ms += DAY_MS;
    await store.maintain(ALL);
    assert.ok((await readdir(folder)).includes(`${SEGMENT_1}-wal`));
    reader.close();

    await store.maintain(ALL);

    assert.ok(!(await readdir(folder)).includes(`${SEGMENT_1}-wal`));
  });
});
