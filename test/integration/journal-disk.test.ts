/** A disk that takes no more, as the kernel says it: files of this process may not grow beyond a limit for a while. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { HoldfastError } from '../../src/errors.ts';
import { runHoldfast } from '../support/crash/served-holdfast.ts';
import { journalOptions, openTestJournal, sampleRecord } from '../support/journal-samples.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const FILE_BYTES_MAX = 150 * 1024;
const RECORDS = 100;

/** Of util-linux: every Linux has it. */
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

function limitFiles(bytes: number | 'unlimited'): void {
  const { status } = spawnSync('prlimit', [
    '--pid',
    String(process.pid),
    `--fsize=${bytes}:unlimited`,
  ]);
  assert.equal(status, 0);
}

test(
  'while the disk takes no more records fail and nothing lies; afterwards the same chain goes on',
  { skip: hasPrlimit ? false : 'needs prlimit (util-linux) to limit the size of files' },
  async (context) => {
    const folder = await makeTemporaryFolder(context);
    const { journal, telemetry } = await openTestJournal(context, journalOptions(folder));
    // Without a listener the signal that comes with the limit would end the process.
    const ignore = (): void => undefined;
    process.on('SIGXFSZ', ignore);
    context.after(() => process.off('SIGXFSZ', ignore));
    await journal.append(sampleRecord(1));

    limitFiles(FILE_BYTES_MAX);
    context.after(() => limitFiles('unlimited'));
    const numbers = Array.from({ length: RECORDS }, (_, index) => index + 2);
    let kept = 1;
    let fault: unknown;
    for (const number of numbers) {
      try {
        await journal.append(sampleRecord(number));
        kept += 1;
      } catch (error) {
        fault = error;
      }
    }
    assert.ok(fault instanceof HoldfastError && fault.code === 'journal_write_failed');
    assert.ok(kept < RECORDS);
    limitFiles('unlimited');
    await waitUntil(() => journal.problem() === undefined);

    const { sequence } = await journal.append(sampleRecord(RECORDS + 2));
    assert.equal(sequence, journal.lastSequence());
    assert.ok(sequence > kept, 'what was acknowledged is kept');
    assert.ok(telemetry.entries.some(({ message }) => message === 'The journal writes again'));
    await journal.close();
    const verified = await runHoldfast(folder, ['audit', 'verify', folder]);
    assert.equal(verified.code, 0, verified.output);
  },
);
