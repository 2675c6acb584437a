import assert from 'node:assert/strict';
import { chmodSync, truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { SEGMENT_TABLES } from '../../../../src/audit/journal/segment-tables.ts';
import { openSegment, type SegmentReader } from '../../../../src/audit/journal/open-segment.ts';
import { listSegmentFiles } from '../../../../src/audit/journal/segment-files.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function open(t: TestContext, folder: string): Promise<SegmentReader> {
  const [file] = await listSegmentFiles(folder);
  assert.ok(file);
  const opening = await openSegment(file);
  assert.ok(opening.ok, opening.ok ? '' : opening.reason);
  t.after(() => opening.segment.close());
  return opening.segment;
}

test('a segment is read page by page', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(folder, { segments: [300], headEvery: 1 });
  const segment = await open(t, folder);

  const sequences = [...segment.entries({ after: 10, through: 290 })].map((e) => e.sequence);

  assert.equal(sequences.length, 280);
  assert.equal(sequences[0], 11);
  assert.equal(sequences.at(-1), 290);
  assert.equal([...segment.heads({ after: -1, through: 300 })].length, 300);
  assert.equal([...segment.policies(300)].length, 100);
  assert.deepEqual([segment.lastSequence(), segment.lastHeadSequence()], [300, 300]);
  assert.deepEqual(segment.damages(), []);
});

test('an empty segment ends before it begins', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(folder, { segments: [0] });
  const segment = await open(t, folder);

  assert.deepEqual([segment.lastSequence(), segment.lastHeadSequence()], [0, 0]);
});

test('a segment is read while a writer has it open', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const { files } = await buildJournal(folder, { segments: [5] });
  const writer = new DatabaseSync(files[0] ?? '');
  t.after(() => writer.close());
  writer.exec("BEGIN IMMEDIATE; UPDATE entries SET code = 'x' WHERE sequence = 5");
  const segment = await open(t, folder);

  assert.equal([...segment.entries({ after: 4, through: 5 })][0]?.index.code, 'allowed');
  writer.exec('COMMIT');
  assert.equal([...segment.entries({ after: 4, through: 5 })][0]?.index.code, 'x');
});

test('a sealed segment is read where nothing can be written', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(folder, { segments: [5], sealLast: true });
  chmodSync(folder, 0o500);
  const segment = await open(t, folder);

  assert.equal([...segment.entries({ after: 0, through: 5 })].length, 5);
  chmodSync(folder, 0o700);
});

test('values of the wrong type are absent, and a record that is too large is not loaded', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const { files } = await buildJournal(folder, { segments: [2] });
  const writer = new DatabaseSync(files[0] ?? '');
  writer.exec(
    `UPDATE entries SET username = NULL, allowed = 'x', code = x'00', record = x'7b7d' WHERE sequence = 1;
     UPDATE entries SET record = printf('%.*c', 3000000, 'x') WHERE sequence = 2`,
  );
  writer.close();
  const segment = await open(t, folder);

  const [first, second] = [...segment.entries({ after: 0, through: 2 })];

  assert.equal(first?.recordJson, '');
  assert.equal(first.index.username, undefined);
  assert.equal(first.index.allowed, undefined);
  assert.equal(first.index.code, undefined);
  assert.equal(second?.recordJson, '');
});

test('tables with other types than documented are read to their end', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const { files } = await buildJournal(folder, { segments: [1] });
  const writer = new DatabaseSync(files[0] ?? '');
  writer.exec(
    `DROP TABLE entries;
     CREATE TABLE entries (sequence, time_ms, previous_hash, hash, record, decision_id, username, namespace, object, allowed, code);
     DROP TABLE entry_policies; CREATE TABLE entry_policies (policy, sequence)`,
  );
  const insert = writer.prepare("INSERT INTO entries (sequence, record) VALUES (?, '{}')");
  const insertPolicy = writer.prepare('INSERT INTO entry_policies VALUES (?, 1)');
  for (let n = 0; n < 500; n += 1) {
    insert.run(n % 2 === 0 ? '5' : 5);
    insertPolicy.run(Buffer.from('x'));
  }
  writer.close();
  const segment = await open(t, folder);

  assert.equal([...segment.entries({ after: 0, through: 9 })].length, 128);
  assert.equal([...segment.policies(9)].length, 0);
});

test('a segment that a writer is just making is waited for, and one that stays empty is told', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'segment-0000000000000001.sqlite': '' });
  const [file] = await listSegmentFiles(folder);
  assert.ok(file);
  const opened = openSegment(file);
  const writer = new DatabaseSync(file.path);
  writer.exec(SEGMENT_TABLES);
  writer.close();
  const opening = await opened;
  assert.equal(opening.ok, true);
  if (opening.ok) opening.segment.close();
  truncateSync(file.path);

  assert.deepEqual(await openSegment(file), { ok: false, reason: 'it is empty', isEmpty: true });
});
