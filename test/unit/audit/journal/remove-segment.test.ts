import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { removeWithNotice } from '../../../../src/audit/journal/remove-segment.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const NAME = 'segment-1.sqlite';

function writeSegment(folder: string): string {
  const path = join(folder, NAME);
  const database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE meta (key TEXT, value TEXT);
    CREATE TABLE heads (sequence INTEGER, jws TEXT);
    INSERT INTO meta VALUES ('first_sequence', '1'), ('last_sequence', '3'), ('last_hash', 'abc');
  `);
  database.close();
  return path;
}

const notesIn = (folder: string): string => readFileSync(join(folder, 'removed.jsonl'), 'utf8');

describe('removeWithNotice()', () => {
  it('notes a segment without a head, after a note that was cut short', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const path = writeSegment(folder);
    writeFileSync(join(folder, 'removed.jsonl'), '{"firstSe');

    assert.equal(removeWithNotice(folder, path, { mayWait: true }), true);

    assert.equal(
      notesIn(folder),
      '{"firstSe\n{"firstSequence":1,"lastSequence":3,"lastHash":"abc"}\n',
    );
    assert.equal(existsSync(path), false);
  });

  it('notes a damaged segment as one that cannot be read', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const path = join(folder, NAME);
    writeFileSync(path, 'this is no database of SQLite, and never was one'.repeat(100));

    assert.equal(removeWithNotice(folder, path, { mayWait: true }), true);

    assert.equal(notesIn(folder), `{"file":"${NAME}","unreadable":true}\n`);
  });

  it('keeps a segment that cannot be opened now for as long as nothing needs its room', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const path = join(folder, NAME);

    assert.equal(removeWithNotice(folder, path, { mayWait: true }), false);

    assert.equal(existsSync(join(folder, 'removed.jsonl')), false);
  });

  it('does not keep it where its room is needed', async (test) => {
    const folder = await makeTemporaryFolder(test);

    assert.equal(removeWithNotice(folder, join(folder, NAME), { mayWait: false }), true);

    assert.equal(notesIn(folder), `{"file":"${NAME}","unreadable":true}\n`);
  });
});
