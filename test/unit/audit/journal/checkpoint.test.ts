import assert from 'node:assert/strict';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { checkpointNewest } from '../../../../src/audit/journal/checkpoint.ts';
import { beginChain, createSegment, Segment } from '../../../../src/audit/journal/segment.ts';
import { segmentPath } from '../../../../src/audit/journal/segment-files.ts';
import { indexRecord } from '../../../../src/audit/verify/index-record.ts';
import { canonicalJson } from '../../../../src/base/canonical-json.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const RECORDS = 100;
const MESSAGE = 'x'.repeat(60_000);

/** What the database holds without its log. */
async function countWithoutLog(folder: string, path: string): Promise<unknown> {
  const copy = join(folder, 'copy.db');
  await copyFile(path, copy);
  const database = new DatabaseSync(copy);
  try {
    return database.prepare('SELECT count(*) AS entries FROM entries').get()?.['entries'];
  } catch {
    return 0;
  } finally {
    database.close();
  }
}

test('a long log moves into its database while the writer has it open', async (context) => {
  const folder = await makeTemporaryFolder(context);
  const path = segmentPath(folder, 1);
  const chain = beginChain('01JD3V9K2M8Q4W6X0Y2Z4A6B8C', 0);
  createSegment(path, chain, { cluster: 'c', replica: 'r', nowMs: 0, folds: new Map(), first: [] });
  const segment = new Segment(path, chain, { firstSequence: 1, createdAtMs: 0 });
  context.after(() => segment.close());
  const record = sampleRecord(1, { message: MESSAGE });
  const entry = { json: canonicalJson(record), index: indexRecord(record) };
  segment.append([entry]);

  checkpointNewest(folder);
  assert.equal(await countWithoutLog(folder, path), 0);
  segment.append(Array.from({ length: RECORDS }, () => entry));
  checkpointNewest(folder);

  assert.equal(await countWithoutLog(folder, path), RECORDS + 1);
});

test('a folder without segments has nothing to move', async (context) => {
  const folder = await makeTemporaryFolder(context);

  checkpointNewest(folder);

  assert.deepEqual(await readdir(folder), []);
});
