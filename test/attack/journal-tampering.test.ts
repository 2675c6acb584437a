/** Whoever can write the journal’s files changes entries: each change is found, named and located. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashEntry } from '../../src/audit/verify/hash-entry.ts';
import { SAMPLE_CHAIN } from '../support/journal/build-journal.ts';
import { build, edit, rowsOf, told, verify } from '../support/journal/tampering.ts';

test('an untouched journal verifies, to its last entry', async (t) => {
  const journal = await build(t);

  const verification = await verify(journal);

  assert.deepEqual(told(verification), []);
  assert.equal(verification.ok, true);
  assert.equal(verification.entryCount, 60);
  assert.equal(verification.lastHash, journal.hashes[60]);
  assert.deepEqual(verification.head?.sequence, 60);
  assert.equal(verification.unsignedCount, 0);
});

test('a changed record is found', async (t) => {
  const journal = await build(t);
  edit(
    journal,
    1,
    `UPDATE entries SET record = replace(record, 'UPDATE', 'DELETE') WHERE sequence = 27`,
  );

  const verification = await verify(journal);

  assert.deepEqual(told(verification), ['changed@27 021.sqlite']);
  assert.equal(
    verification.findings[0]?.message,
    'Entry 27 is not what was recorded: its hash is another',
  );
});

test('a record that was changed and hashed anew is found by the entry after it', async (t) => {
  const journal = await build(t);
  const [row] = rowsOf(journal, 1, 'sequence = 27');
  assert.ok(row);
  const recordJson = row.record.replace('"UPDATE"', '"DELETE"');
  const hash = hashEntry({
    chain: SAMPLE_CHAIN,
    sequence: 27,
    previousHash: row.previous_hash,
    recordJson,
  });
  edit(
    journal,
    1,
    `UPDATE entries SET record = '${recordJson}', hash = '${hash}' WHERE sequence = 27`,
  );

  assert.deepEqual(told(await verify(journal)), ['changed@27 021.sqlite']);
});

test('a deleted record is found', async (t) => {
  const journal = await build(t);
  edit(
    journal,
    1,
    'DELETE FROM entries WHERE sequence BETWEEN 27 AND 29; DELETE FROM entry_policies WHERE sequence BETWEEN 27 AND 29',
  );

  const verification = await verify(journal);

  assert.deepEqual(told(verification), ['deleted@27-29 021.sqlite']);
  assert.equal(verification.findings[0]?.message, 'Entries 27 to 29 are gone');
});

test('a deleted record is found although the ones after it were renumbered', async (t) => {
  const journal = await build(t);
  edit(
    journal,
    2,
    `DELETE FROM entries WHERE sequence = 47; DELETE FROM entry_policies WHERE sequence = 47;
     UPDATE entries SET sequence = sequence - 1 WHERE sequence > 47;`,
  );

  const verification = await verify(journal);

  assert.deepEqual(
    told(verification).filter((line) => line.startsWith('deleted')),
    ['deleted@47 041.sqlite'],
  );
});

test('an inserted record is found, and not the ones that it pushed on', async (t) => {
  const journal = await build(t, { segments: [20, 20], sealLast: false });
  const [row] = rowsOf(journal, 1, 'sequence = 27');
  assert.ok(row);
  const hash = hashEntry({
    chain: SAMPLE_CHAIN,
    sequence: 27,
    previousHash: row.previous_hash,
    recordJson: row.record.replace('"UPDATE"', '"DELETE"'),
  });
  edit(
    journal,
    1,
    `UPDATE entries SET sequence = sequence + 1000 WHERE sequence > 26;
     UPDATE entries SET sequence = sequence - 999 WHERE sequence > 1000;
     INSERT INTO entries SELECT 27, time_ms, '${row.previous_hash}', '${hash}', replace(record, 'UPDATE', 'DELETE'),
       decision_id, username, namespace, object, allowed, code FROM entries WHERE sequence = 28;
     UPDATE entry_policies SET sequence = sequence + 1000 WHERE sequence > 26;
     UPDATE entry_policies SET sequence = sequence - 999 WHERE sequence > 1000;
     INSERT INTO entry_policies SELECT policy, 27 FROM entry_policies WHERE sequence = 28;`,
  );

  assert.deepEqual(told(await verify(journal)), ['inserted@27 021.sqlite']);
});

test('records that changed places are found', async (t) => {
  const journal = await build(t);
  const [first, second] = rowsOf(journal, 1, 'sequence IN (27, 28)');
  assert.ok(first && second);
  edit(
    journal,
    1,
    `UPDATE entries SET record = '${second.record}' WHERE sequence = 27;
     UPDATE entries SET record = '${first.record}' WHERE sequence = 28;`,
  );

  const lines = told(await verify(journal));

  assert.deepEqual(
    lines.filter((line) => line.startsWith('reordered')),
    ['reordered@27 021.sqlite', 'reordered@28 021.sqlite'],
  );
  assert.deepEqual(
    lines.filter((line) => !/^(?:reordered|index-changed)@/u.test(line)),
    [],
  );
});

test('whole rows that changed places are found', async (t) => {
  const journal = await build(t);
  edit(
    journal,
    1,
    `UPDATE entries SET sequence = 1000 WHERE sequence = 27;
     UPDATE entries SET sequence = 27 WHERE sequence = 28;
     UPDATE entries SET sequence = 28 WHERE sequence = 1000;
     UPDATE entry_policies SET sequence = 28 WHERE sequence = 27;`,
  );

  assert.deepEqual(told(await verify(journal)), ['reordered@28 021.sqlite']);
});
