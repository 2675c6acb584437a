import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { isNewerFormat } from '../../../../src/audit/journal/journal-version.ts';
import { readEntries } from '../../../../src/audit/journal/read-entries.ts';
import { segmentPath } from '../../../../src/audit/journal/segment-files.ts';
import { StateDatabase } from '../../../../src/audit/journal/state-database.ts';
import { createAnchorLedger } from '../../../../src/audit/verify/check-anchors.ts';
import { openJournalFolder } from '../../../../src/audit/verify/journal-folder.ts';
import { readOwnKeys } from '../../../../src/audit/verify/read-keys.ts';
import { verifyJournal, type Verification } from '../../../../src/audit/verify/verify-journal.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import { HoldfastError } from '../../../../src/errors.ts';
import { journalOptions, openTestJournal, sampleRecord } from '../../../support/journal-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

/** A journal as the current code writes it, with three records. */
async function writeJournal(test: TestContext): Promise<string> {
  const folder = join(await makeTemporaryFolder(test, {}), 'journal');
  const { journal } = await openTestJournal(test, journalOptions(folder));
  for (const number of [1, 2, 3]) await journal.append(sampleRecord(number));
  await journal.close();
  return folder;
}

async function verifyFolder(folder: string): Promise<Verification> {
  return await verifyJournal(openJournalFolder(folder), {
    keys: await readOwnKeys(folder),
    keysAreOwn: false,
    anchors: createAnchorLedger([]),
    nowMs: systemClock.wallMs(),
    headAgeMaxMs: Number.MAX_SAFE_INTEGER,
    findingsMax: 20,
  });
}

/** Makes the file one of another version. */
function change(path: string, statements: string): void {
  if (existsSync(path)) chmodSync(path, 0o600);
  const database = new DatabaseSync(path);
  database.exec(statements);
  database.close();
}

function contentsOf(folder: string): Readonly<Record<string, string>> {
  const kept = readdirSync(folder).filter((name) => !name.includes('lock'));
  return Object.fromEntries(
    kept.toSorted().map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

function isRefused(path: string, versions: string) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof HoldfastError);
    assert.equal(error.code, 'journal_version_newer');
    assert.equal(
      error.message,
      `"${path}" was written by a newer version of Holdfast (${versions}). Run that version again, or give this one another folder (audit.journal.folder) and keep the old one as evidence`,
    );
    return true;
  };
}

describe('isNewerFormat()', () => {
  it('is a higher whole number, and nothing that damage could have made', () => {
    assert.deepEqual(
      ['2', '10', '999999', '1', '0', '-1', '', 'x', '02', '1e9', undefined].map(isNewerFormat),
      [true, true, true, ...Array.from({ length: 8 }, () => false)],
    );
  });
});

describe('a journal of a newer version', () => {
  it('is refused where its newest segment is one, and nothing is changed', async (test) => {
    const folder = await writeJournal(test);
    const path = segmentPath(folder, 1);
    change(path, "UPDATE meta SET value = '2' WHERE key = 'format'; DROP TABLE heads");
    const before = contentsOf(folder);

    await assert.rejects(
      openTestJournal(test, journalOptions(folder)),
      isRefused(path, 'format 2; this one knows 1'),
    );

    assert.deepEqual(contentsOf(folder), before);
    assert.ok(!readdirSync(folder).some((name) => name.includes('aside')));
    change(path, "UPDATE meta SET value = '1' WHERE key = 'format'");
  });

  it('is refused where an older segment is one, before the damaged newest one is set aside', async (test) => {
    const folder = await writeJournal(test);
    const { journal } = await openTestJournal(test, journalOptions(folder));
    await journal.append(sampleRecord(4));
    await journal.close();
    change(segmentPath(folder, 1), "UPDATE meta SET value = '3' WHERE key = 'format'");
    change(segmentPath(folder, 4), 'DROP TABLE entries');
    const before = contentsOf(folder);

    await assert.rejects(
      openTestJournal(test, journalOptions(folder)),
      isRefused(segmentPath(folder, 1), 'format 3; this one knows 1'),
    );

    assert.deepEqual(contentsOf(folder), before);
  });

  it('is named by what reads it', async (test) => {
    const folder = await writeJournal(test);
    change(segmentPath(folder, 1), "UPDATE meta SET value = '2' WHERE key = 'format'");

    const { findings } = await verifyFolder(folder);

    assert.match(
      JSON.stringify(findings),
      /a newer version of Holdfast wrote it \(format 2\), which can read it/u,
    );
  });
});

describe('a journal of an older version', () => {
  it('is continued: its chain, its folds and its state', async (test) => {
    const folder = await writeJournal(test);
    // The first versions had neither a table of folds nor a version of the state.
    change(segmentPath(folder, 1), 'DROP TABLE folds');
    change(
      join(folder, 'state.sqlite'),
      `CREATE TABLE IF NOT EXISTS state (space TEXT, key TEXT, value TEXT, PRIMARY KEY (space, key)) WITHOUT ROWID;
       INSERT INTO state VALUES ('delivery', 'cursor/siem', '{"sequence":2}');
       PRAGMA user_version = 0`,
    );

    const { journal, telemetry } = await openTestJournal(test, journalOptions(folder));
    await journal.append(sampleRecord(4));
    const { state, damages } = StateDatabase.open(folder, 0);
    const cursors = state.list('delivery');
    state.close();
    await journal.close();

    assert.deepEqual(damages, []);
    assert.deepEqual([...cursors], [['cursor/siem', '{"sequence":2}']]);
    assert.deepEqual(
      telemetry.entries.filter(({ level }) => level !== 'info'),
      [],
    );
    assert.deepEqual((await verifyFolder(folder)).findings, []);
    const { entries } = readEntries(folder, { afterSequence: 0, entriesMax: 10, lastSequence: 4 });
    assert.deepEqual(
      entries.map(({ sequence }) => sequence),
      [1, 2, 3, 4],
    );
  });
});

describe('the state of a newer version', () => {
  it('is refused, and neither read nor set aside', async (test) => {
    const folder = await makeTemporaryFolder(test, {});
    StateDatabase.open(folder, 0).state.close();
    const path = join(folder, 'state.sqlite');
    change(path, 'PRAGMA user_version = 2');
    const before = contentsOf(folder);

    assert.throws(
      () => StateDatabase.open(folder, 0),
      isRefused(path, 'version 2; this one knows 1'),
    );

    assert.deepEqual(contentsOf(folder), before);
    change(path, 'PRAGMA user_version = 1');
    StateDatabase.open(folder, 0).state.close();
  });
});
