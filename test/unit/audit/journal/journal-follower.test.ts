import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { JournalFollower } from '../../../../src/audit/journal/journal-follower.ts';
import { SharedSequence } from '../../../../src/audit/journal/shared-sequence.ts';
import { systemWait } from '../../../../src/base/wait.ts';
import {
  followTestJournal,
  journalOptions,
  openTestJournal,
  sampleRecord,
} from '../../../support/journal-samples.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

test('JournalFollower reads what its owner appends, and hears of it', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const { journal } = await openTestJournal(t, journalOptions(folder));
  const follower = followTestJournal(t, journal, folder);
  const heard: number[] = [];
  const stop = follower.onAppended(() => heard.push(follower.lastSequence()));

  const place = await journal.append(sampleRecord(1));
  await waitUntil(() => heard.includes(1));
  const { entries } = await follower.read({ afterSequence: 0, entriesMax: 10 });
  stop();
  const count = heard.length;
  await journal.append(sampleRecord(2));
  await waitUntil(() => follower.lastSequence() === 2);

  assert.deepEqual(
    entries.map(({ sequence, hash, record }) => ({ sequence, hash, record })),
    [{ sequence: 1, hash: place.hash, record: sampleRecord(1) }],
  );
  assert.equal(heard.length, count);
});

test('JournalFollower keeps state beside the chain, across a restart', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const { journal } = await openTestJournal(t, journalOptions(folder));
  const first = followTestJournal(t, journal, folder);
  await first.state.write('delivery', { a: '1', b: '2' });
  void first.state.write('delivery', { a: undefined, c: '3' });
  await first.close();

  const second = followTestJournal(t, journal, folder);

  assert.deepEqual(
    await second.state.list('delivery'),
    new Map([
      ['b', '2'],
      ['c', '3'],
    ]),
  );
  assert.deepEqual(await second.state.list('incidents'), new Map());
});

test('JournalFollower finds nothing in a folder that has nothing', async (t) => {
  const newest = new SharedSequence();
  newest.publish(1);
  const follower = new JournalFollower(
    { folder: await makeTemporaryFolder(t), newest, nowMs: 0 },
    { ...recordTelemetry(), wait: systemWait },
  );
  t.after(() => follower.close());

  assert.deepEqual(await follower.read({ afterSequence: 0, entriesMax: 1 }), {
    entries: [],
    firstSequence: 1,
  });
});

test('JournalFollower says that it put a damaged state away', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await writeFile(join(folder, 'state.sqlite'), 'x'.repeat(5000));
  const telemetry = recordTelemetry();

  const follower = new JournalFollower(
    { folder, newest: new SharedSequence(), nowMs: 0 },
    { ...telemetry, wait: systemWait },
  );
  await follower.close();

  assert.deepEqual(await telemetry.exposed('holdfast_journal_faults_total'), [
    'holdfast_journal_faults_total{code="journal_corrupt"} 1',
  ]);
});
