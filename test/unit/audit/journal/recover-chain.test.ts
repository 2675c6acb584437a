import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { recoverChain } from '../../../../src/audit/journal/recover-chain.ts';
import { segmentPath } from '../../../../src/audit/journal/segment-files.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import { journalOptions, openTestJournal, sampleRecord } from '../../../support/journal-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

/** A journal whose segments have two records each. */
async function writeSegments(test: TestContext): Promise<string> {
  const folder = join(await makeTemporaryFolder(test), 'journal');
  for (const first of [1, 3]) {
    const { journal } = await openTestJournal(test, journalOptions(folder));
    for (const number of [first, first + 1]) await journal.append(sampleRecord(number));
    await journal.close();
  }
  return folder;
}

function recover(folder: string): readonly (readonly [first: number, last: number, boolean])[] {
  const options = { nowMs: systemClock.wallMs(), nextChain: () => 'c', acknowledged: 0 };
  return recoverChain(folder, options).sealed.map(({ firstSequence, lastSequence, finished }) => [
    firstSequence,
    lastSequence,
    finished,
  ]);
}

it('a sealed segment that cannot be read at the start is finished once it can be, and a damaged one is left as it is', async (t) => {
  const folder = await writeSegments(t);
  const path = segmentPath(folder, 1);
  const aside = join(folder, 'aside');
  assert.deepEqual(recover(folder), [
    [1, 2, true],
    [3, 4, true],
  ]);

  renameSync(path, aside);
  mkdirSync(path);
  assert.deepEqual(recover(folder)[0], [1, 2, false]);

  rmdirSync(path);
  renameSync(aside, path);
  chmodSync(path, 0o600);
  writeFileSync(path, 'no database');
  assert.deepEqual(recover(folder)[0], [1, 2, true]);
});
