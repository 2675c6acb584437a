import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { VerificationFinding } from '../../../../src/audit/verify/verification-finding.ts';
import { openJournalFolder } from '../../../../src/audit/verify/journal-folder.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function namesOf(
  folder: string,
  findings: VerificationFinding[] = [],
): Promise<readonly string[]> {
  const names: string[] = [];
  const evidence = openJournalFolder(folder);
  for await (const { name, isLast } of evidence.segments((finding) => findings.push(finding))) {
    names.push(`${name.slice(-10)}${isLast ? ' last' : ''}`);
  }
  return names;
}

test('segments are opened in the order of their entries', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(folder, { segments: [3, 3, 3] });

  assert.deepEqual(await namesOf(folder), ['001.sqlite', '004.sqlite', '007.sqlite last']);
});

test('what the journal put aside, and what is no segment, is told', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(folder, { segments: [3] });
  writeFileSync(join(folder, 'broken-x-segment-0000000000000001.sqlite'), '');
  writeFileSync(join(folder, 'segment-0000000000000004.sqlite'), 'no database'.repeat(100));
  const empty = new DatabaseSync(join(folder, 'segment-0000000000000005.sqlite'));
  empty.exec('CREATE VIEW entries AS SELECT 1; CREATE TABLE meta (key, value)');
  empty.close();
  const findings: VerificationFinding[] = [];

  assert.deepEqual(await namesOf(folder, findings), ['001.sqlite']);
  assert.deepEqual(
    findings.map(({ kind, file, message }) => `${kind} ${file.slice(-10)} ${message}`),
    [
      'unreadable 001.sqlite The journal found this segment damaged, and put it aside',
      'unreadable 004.sqlite The segment cannot be opened: file is not a database',
      'unreadable 005.sqlite The segment cannot be opened: it has no table "entries"',
    ],
  );
});

test('a segment without its meta is told', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const { files } = await buildJournal(folder, { segments: [3] });
  const database = new DatabaseSync(files[0] ?? '');
  database.exec("DELETE FROM meta WHERE key = 'chain'");
  database.close();
  const findings: VerificationFinding[] = [];

  assert.deepEqual(await namesOf(folder, findings), []);
  assert.deepEqual(findings, [
    {
      kind: 'segment-changed',
      file: 'segment-0000000000000001.sqlite',
      message: 'The segment: its meta "chain" cannot be used',
    },
  ]);
});

test('notes of retention are read where there are any', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const note = { firstSequence: 1, lastSequence: 2, lastHash: 'a'.repeat(64), head: 'h' };

  assert.deepEqual(await openJournalFolder(folder).removed(), []);
  writeFileSync(join(folder, 'removed.jsonl'), `${JSON.stringify(note)}\nnonsense\n`);
  assert.deepEqual(await openJournalFolder(folder).removed(), [note]);
});
