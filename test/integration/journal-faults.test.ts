/** Files of the journal that cannot be read for a while are not damaged: nothing is set aside, and no sequence is used twice. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import type { OpenAsk } from '../../src/audit/journal/journal-messages.ts';
import { JournalStore } from '../../src/audit/journal/journal-store.ts';
import { readEntries } from '../../src/audit/journal/read-entries.ts';
import type { PendingEntry } from '../../src/audit/journal/segment.ts';
import { indexRecord } from '../../src/audit/verify/index-record.ts';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import type { Wait } from '../../src/base/wait.ts';
import { HoldfastError } from '../../src/errors.ts';
import { runHoldfast } from '../support/crash/served-holdfast.ts';
import {
  followTestJournal,
  journalOptions,
  openTestJournal,
  sampleRecord,
} from '../support/journal-samples.ts';
import { SimulatedTime } from '../support/simulated-time.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const SEGMENT_1 = 'segment-0000000000000001.sqlite';
const SEGMENT_2 = 'segment-0000000000000002.sqlite';
const SET_ASIDE_1 = `broken-2026-01-02T03-04-05-000Z-${SEGMENT_1}`;
const DAY_MS = 24 * 60 * 60 * 1000;
const ALL = { keepFrom: Number.MAX_SAFE_INTEGER };

interface OpenOptions extends Partial<OpenAsk> {
  readonly folder: string;
  readonly clock?: Clock;
  readonly wait?: Wait;
}

async function open(test: TestContext, options: OpenOptions): Promise<JournalStore> {
  const { clock = systemClock, wait, ...overrides } = options;
  const ask = { ...journalOptions(options.folder, overrides), acknowledged: 0, ...overrides };
  const store = await JournalStore.open(ask, clock, wait);
  test.after(() => store.close());
  return store;
}

function entries(...numbers: readonly number[]): readonly PendingEntry[] {
  return numbers.map((number) => {
    const record = sampleRecord(number);
    return { json: canonicalJson(record), index: indexRecord(record) };
  });
}

interface StoredRecord {
  readonly sequence: number;
  readonly code: string;
  readonly message: string;
}

function recordsOf(folder: string): readonly StoredRecord[] {
  const ask = { afterSequence: 0, entriesMax: 1000, lastSequence: Number.MAX_SAFE_INTEGER };
  return readEntries(folder, ask).entries.map(({ sequence, json }) => {
    const record: unknown = JSON.parse(json);
    return {
      sequence,
      code: String(Reflect.get(Object(record), 'code')),
      message: String(Reflect.get(Object(record), 'message')),
    };
  });
}

function sequencesOf(folder: string): readonly number[] {
  return recordsOf(folder).map(({ sequence }) => sequence);
}

async function setAside(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('broken-'));
}

/** As a killed process leaves it, with three entries in the open segment. */
async function killedJournal(test: TestContext): Promise<string> {
  const folder = await makeTemporaryFolder(test);
  const store = await open(test, { folder });
  store.append(entries(1, 2, 3));
  const copy = await makeTemporaryFolder(test);
  for (const name of await readdir(folder)) await copyFile(join(folder, name), join(copy, name));
  return copy;
}

describe('at the start, a segment that cannot be read now', () => {
  it('is waited for while another program holds it for five seconds', async (test) => {
    const folder = await killedJournal(test);
    const blocker = new DatabaseSync(join(folder, SEGMENT_1));
    blocker.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const beganMs = performance.now();
    let heldMs = 0;
    const wait: Wait = async () => {
      heldMs = performance.now() - beganMs;
      if (blocker.isOpen) blocker.close();
    };

    const store = await open(test, { folder, wait });

    assert.ok(heldMs >= 5000, `It was held for ${heldMs} ms`);
    assert.deepEqual(store.state().damages, []);
    assert.equal(store.append(entries(4)).firstSequence, 4);
    assert.deepEqual(sequencesOf(folder), [1, 2, 3, 4]);
  });

  it('is waited for while its log cannot be opened', async (test) => {
    const folder = await killedJournal(test);
    const log = join(folder, `${SEGMENT_1}-wal`);
    await rename(log, `${log}.kept`);
    await mkdir(log);
    const wait: Wait = async () => {
      await rmdir(log);
      await rename(`${log}.kept`, log);
    };

    const store = await open(test, { folder, wait });

    assert.equal(store.append(entries(4)).firstSequence, 4);
    assert.deepEqual([await setAside(folder), sequencesOf(folder)], [[], [1, 2, 3, 4]]);
  });

  it('ends the process after half a minute, and is as it was', async (test) => {
    const folder = await killedJournal(test);
    const log = join(folder, `${SEGMENT_1}-wal`);
    await rename(log, `${log}.kept`);
    await mkdir(log);
    const time = new SimulatedTime();
    const wait: Wait = async (delayMs) => {
      await time.pass(delayMs);
    };

    await assert.rejects(
      open(test, { folder, clock: time.clock, wait }),
      (fault) => fault instanceof HoldfastError && fault.code === 'journal_unusable',
    );

    await rmdir(log);
    await rename(`${log}.kept`, log);
    assert.deepEqual([await setAside(folder), sequencesOf(folder)], [[], [1, 2, 3]]);
  });
});

describe('a sequence is used once', () => {
  for (const [what, name] of [
    ['a process set a segment aside and ended before it began the next one', SET_ASIDE_1],
    ['somebody gave a segment up', `broken-${SEGMENT_1}`],
  ] as const) {
    it(`where ${what}`, async (test) => {
      const folder = await killedJournal(test);
      for (const ending of ['', '-wal']) {
        await rename(join(folder, SEGMENT_1 + ending), join(folder, name + ending));
      }

      const store = await open(test, { folder });

      const { firstSequence } = store.append(entries(4));
      assert.ok(firstSequence > 1_000_000);
      assert.equal(
        recordsOf(folder)[0]?.message,
        `Entries from 1 on of the journal are lost (it was set aside before); their segment was set aside as ${name}`,
      );
    });
  }

  it('where an older segment was never sealed, and the newer one is damaged', async (test) => {
    const folder = await killedJournal(test);
    const damaged = join(folder, SEGMENT_2.replace('2', '9'));
    await copyFile(join(folder, 'lock.sqlite'), damaged);
    const database = new DatabaseSync(damaged);
    database.exec('CREATE TABLE other (a)');
    database.close();

    const store = await open(test, { folder });

    assert.ok(store.append(entries(10)).firstSequence > 1_000_000);
  });

  it('where the disk has lost what it acknowledged, which the next entry says', async (test) => {
    const folder = await killedJournal(test);

    const store = await open(test, { folder, acknowledged: 5 });
    store.append(entries(6));

    assert.deepEqual(store.state().lost, [
      {
        firstSequence: 4,
        lastSequence: 5,
        reason: 'they were acknowledged and are not on the disk',
      },
    ]);
    assert.deepEqual(sequencesOf(folder), [1, 2, 3, 6, 7]);
    assert.deepEqual(recordsOf(folder)[3], {
      sequence: 6,
      code: 'journal_entries_lost',
      message:
        'The entries 4 to 5 of the journal are lost (they were acknowledged and are not on the disk)',
    });
  });
});

describe('an empty file', () => {
  it('beside a log with entries is damaged, and its log is kept', async (test) => {
    const folder = await killedJournal(test);
    await rm(join(folder, SEGMENT_1));
    const empty = new DatabaseSync(join(folder, 'empty'));
    empty.close();
    await rename(join(folder, 'empty'), join(folder, SEGMENT_1));

    const store = await open(test, { folder });

    assert.deepEqual(
      store.state().damages.map(({ reason }) => reason),
      ['it is empty, but its log is not'],
    );
    const [file = ''] = await setAside(folder);
    assert.ok((await stat(join(folder, `${file}-wal`))).size > 0);
  });
});

describe('retention', () => {
  it('does not remove a segment whose end it cannot read now', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const time = new SimulatedTime(Date.UTC(2026, 0, 2, 3, 4, 5));
    const retentionMs = 2 * DAY_MS;
    const store = await open(test, { folder, clock: time.clock, retentionMs });
    store.append(entries(1, 2));
    time.stepWall(DAY_MS);
    await store.maintain(ALL);
    time.stepWall(2 * DAY_MS);
    const blocked = join(folder, `${SEGMENT_1}-journal`);
    await mkdir(blocked);

    assert.deepEqual((await store.maintain(ALL)).removed, []);
    await rmdir(blocked);
    assert.deepEqual((await store.maintain(ALL)).removed, [
      { firstSequence: 1, lastSequence: 2, reason: 'age' },
    ]);
  });
});

describe('what is lost', () => {
  it('is in the log, the metrics, the readiness, the first entry of the new chain and the verification', async (test) => {
    const folder = await killedJournal(test);
    const database = new DatabaseSync(join(folder, SEGMENT_1));
    database.exec("UPDATE entries SET record = '{}' WHERE sequence = 2");
    database.close();

    const { journal, telemetry } = await openTestJournal(test, journalOptions(folder));
    await journal.append(sampleRecord(4));

    assert.match(journal.advice() ?? '', /^1 damaged file was set aside as broken-/u);
    assert.equal(journal.problem(), undefined);
    assert.deepEqual(await telemetry.exposed('holdfast_journal_entries_lost_total'), [
      'holdfast_journal_entries_lost_total 3',
    ]);
    const logged = telemetry.entries.find(
      ({ fields }) => fields['code'] === 'journal_entries_lost',
    );
    assert.deepEqual([logged?.fields['firstSequence'], logged?.fields['lastSequence']], [1, 3]);
    const follower = followTestJournal(test, journal, folder);
    const { entries: read } = await follower.read({ afterSequence: 3, entriesMax: 10 });
    assert.deepEqual(
      read.map(({ record }) => record.code),
      ['journal_entries_lost', 'managed_object_changed'],
    );
    assert.match(read[0]?.record.message ?? '', /^The entries 1 to 3 of the journal are lost/u);
    await journal.close();
    const { code, output } = await runHoldfast(folder, ['audit', 'verify', folder]);
    assert.equal(code, 1);
    assert.match(output, /unreadable: broken-.*put it aside/u);
  });
});
