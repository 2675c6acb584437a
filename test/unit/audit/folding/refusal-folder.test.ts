import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import type { FoldBookLimits } from '../../../../src/audit/folding/fold-book.ts';
import { RefusalFolder } from '../../../../src/audit/folding/refusal-folder.ts';
import type { Journal } from '../../../../src/audit/journal.ts';
import { searchJournals } from '../../../../src/audit/query/search-journal.ts';
import { monotonicMs, type Clock } from '../../../../src/base/clock.ts';
import { HoldfastError } from '../../../../src/errors.ts';
import {
  journalOptions,
  openTestJournal,
  readTestJournal,
  sampleRecord,
} from '../../../support/journal-samples.ts';
import { recordTelemetry, type RecordingTelemetry } from '../../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const LIMITS: FoldBookLimits = {
  windowMs: 60_000,
  sameWholeMax: 2,
  actorWholeMax: 4,
  listedMax: 10,
  openMax: 10,
  actorsMax: 10,
};
const NEVER_MS = 1_000_000_000;

class Stage {
  readonly folder: string;
  readonly journal: Journal;
  readonly telemetry: RecordingTelemetry = recordTelemetry();
  nowMs = 0;

  private constructor(folder: string, journal: Journal) {
    this.folder = folder;
    this.journal = journal;
  }

  static async open(test: TestContext, folder?: string): Promise<Stage> {
    const place = folder ?? join(await makeTemporaryFolder(test), 'journal');
    const { journal } = await openTestJournal(test, journalOptions(place));
    return new Stage(place, journal);
  }

  readonly clock: Clock = {
    wallMs: () => Date.UTC(2026, 0, 2, 4) + this.nowMs,
    monotonicMs: () => monotonicMs(this.nowMs),
  };

  async start(
    test: TestContext,
    journal: Pick<Journal, 'append' | 'saveFold' | 'leftFolds'> = this.journal,
  ): Promise<RefusalFolder> {
    const folder = new RefusalFolder(LIMITS, {
      journal,
      clock: this.clock,
      sweepMs: NEVER_MS,
      ...this.telemetry,
    });
    await folder.start();
    test.after(() => folder.close());
    return folder;
  }

  records(): readonly AuditRecord[] {
    const reading = readTestJournal(this.folder, this.journal, {
      afterSequence: 0,
      entriesMax: 1000,
    });
    return reading.entries.map(({ record }) => record);
  }

  /** Of each record: 0 if it stands for itself, else how many refusals it stands for. */
  counts(): readonly number[] {
    return this.records().map(({ folded }) => folded?.count ?? 0);
  }
}

async function keepAll(folder: RefusalFolder, from: number, through: number) {
  const numbers = Array.from({ length: through - from + 1 }, (_, index) => from + index);
  const kept = numbers.map((number) => folder.keep(sampleRecord(number)));
  const places = await Promise.all(kept.map(({ durable }) => durable));
  return kept.map(({ foldedInto }, index) => ({
    foldedInto,
    sequence: places[index]?.sequence,
  }));
}

const OPENED = sampleRecord(3).decisionId;

describe('RefusalFolder', () => {
  it('names the decision and the place of the record that opened the fold', async (test) => {
    const stage = await Stage.open(test);
    const folder = await stage.start(test);

    assert.deepEqual(await keepAll(folder, 1, 5), [
      { foldedInto: undefined, sequence: 1 },
      { foldedInto: undefined, sequence: 2 },
      { foldedInto: undefined, sequence: 3 },
      { foldedInto: OPENED, sequence: 3 },
      { foldedInto: OPENED, sequence: 3 },
    ]);
    assert.deepEqual(stage.counts(), [0, 0, 0]);
    assert.deepEqual(await stage.telemetry.exposed('holdfast_refusals_folded_total'), [
      'holdfast_refusals_folded_total{by="request"} 2',
    ]);
    assert.deepEqual(await stage.telemetry.exposed('holdfast_folds_open'), [
      'holdfast_folds_open 1',
    ]);
  });

  it('never counts what was allowed', async (test) => {
    const stage = await Stage.open(test);
    const folder = await stage.start(test);

    for (let number = 1; number <= 6; number += 1) {
      await folder.keep(sampleRecord(number, { allowed: true })).durable;
    }

    assert.deepEqual(stage.counts(), [0, 0, 0, 0, 0, 0]);
  });

  it('appends a summary at the end of each window in which something was counted', async (test) => {
    const stage = await Stage.open(test);
    const folder = await stage.start(test);
    await keepAll(folder, 1, 5);
    stage.nowMs = LIMITS.windowMs;
    folder.sweep();
    await keepAll(folder, 6, 8);
    folder.sweep();
    stage.nowMs *= 2;
    folder.sweep();
    await keepAll(folder, 9, 9);
    const [, , , first, second] = stage.records();

    assert.deepEqual(stage.counts(), [0, 0, 0, 2, 3]);
    assert.deepEqual(
      [first, second].map((record) => [record?.decisionId, record?.folded?.part]),
      [
        [OPENED, 1],
        [OPENED, 2],
      ],
    );
    assert.equal(first?.folded?.opening?.sequence, 3);
  });

  it('records whole again after a window without a repetition', async (test) => {
    const stage = await Stage.open(test);
    const folder = await stage.start(test);
    await keepAll(folder, 1, 4);
    stage.nowMs = LIMITS.windowMs;
    folder.sweep();
    await waitUntil(() => stage.counts().length === 4);
    stage.nowMs *= 2;
    folder.sweep();
    const [kept] = await keepAll(folder, 5, 5);

    assert.deepEqual(kept, { foldedInto: undefined, sequence: 5 });
    assert.deepEqual(stage.counts(), [0, 0, 0, 1, 0]);
  });

  it('appends what it counted when it closes, and leaves nothing', async (test) => {
    const stage = await Stage.open(test);
    const folder = await stage.start(test);
    await keepAll(folder, 1, 5);

    await folder.close();
    await stage.journal.close();
    const again = await Stage.open(test, stage.folder);

    assert.deepEqual(again.counts(), [0, 0, 0, 2]);
    assert.deepEqual([...again.journal.leftFolds()], []);
  });

  it('appends what a process had counted that was killed', async (test) => {
    const stage = await Stage.open(test);
    await keepAll(await stage.start(test), 1, 5);
    // The journal ends without its folds, as it does when the process is killed.
    await stage.journal.close();
    const again = await Stage.open(test, stage.folder);
    await again.start(test);
    const left = again.records().at(-1);

    assert.deepEqual(again.counts(), [0, 0, 0, 2]);
    assert.deepEqual([left?.decisionId, left?.folded?.recovered], [OPENED, true]);
    assert.equal(left?.time, '2026-01-02T04:00:00.000Z');
    await again.journal.close();
    const third = await Stage.open(test, stage.folder);
    assert.deepEqual([...third.journal.leftFolds()], []);
  });

  it('is found by the decision of a refusal that was counted', async (test) => {
    const stage = await Stage.open(test);
    const folder = await stage.start(test);
    await keepAll(folder, 1, 5);
    await folder.close();
    const found: (number | undefined)[] = [];
    const search = { filter: { decisionId: OPENED }, limit: 10 };
    for await (const { entry } of searchJournals([stage.folder], search)) {
      found.push(entry.sequence);
    }

    assert.deepEqual(found, [4, 3]);
  });
});

describe('a folder whose journal fails', () => {
  it('lets nobody join a fold that could not be opened', async (test) => {
    const stage = await Stage.open(test);
    const fault = new HoldfastError('journal_write_failed', 'disk full');
    let fails = false;
    const folder = await stage.start(test, {
      ...stage.journal,
      append: (record, key) => (fails ? Promise.reject(fault) : stage.journal.append(record, key)),
    });
    await keepAll(folder, 1, 2);
    fails = true;
    const opening = folder.keep(sampleRecord(3));
    const joining = folder.keep(sampleRecord(4));
    await assert.rejects(opening.durable, fault);
    await assert.rejects(joining.durable, fault);
    fails = false;

    assert.deepEqual(await keepAll(folder, 5, 6), [
      { foldedInto: undefined, sequence: 3 },
      { foldedInto: sampleRecord(5).decisionId, sequence: 3 },
    ]);
  });

  it('appends a summary again until it is durable, and counts on meanwhile', async (test) => {
    const stage = await Stage.open(test);
    let fails = false;
    const folder = await stage.start(test, {
      ...stage.journal,
      append: (record, key) =>
        fails
          ? Promise.reject(new HoldfastError('journal_write_failed', 'disk full'))
          : stage.journal.append(record, key),
    });
    await keepAll(folder, 1, 5);
    fails = true;
    stage.nowMs = LIMITS.windowMs;
    folder.sweep();
    await new Promise(setImmediate);
    stage.nowMs *= 2;
    folder.sweep();
    await new Promise(setImmediate);
    fails = false;
    folder.sweep();
    await keepAll(folder, 6, 6);
    await folder.close();

    assert.deepEqual(stage.counts(), [0, 0, 0, 2, 1]);
  });
});
