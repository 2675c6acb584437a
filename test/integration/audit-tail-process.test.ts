/** `holdfast audit tail -f` as a process: how it ends is decided by signals and pipes. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { journalOptions, openTestJournal, sampleRecord } from '../support/journal-samples.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
/** A hundred times what it takes; a hanging process must not hang the tests. */
const LIMIT_MS = 3 * 60_000;

interface Following {
  readonly child: ChildProcessWithoutNullStreams;
  readonly printed: () => string;
  readonly ended: Promise<readonly unknown[]>;
}

function follow(t: TestContext, folder: string): Following {
  const child = spawn(process.execPath, [MAIN, 'audit', 'tail', '-f', folder]);
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { child, printed: () => text, ended: once(child, 'exit') };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`it ends without an error on ${signal}`, { timeout: LIMIT_MS }, async (t) => {
    const folder = await makeTemporaryFolder(t);
    const { journal } = await openTestJournal(t, journalOptions(folder));
    await journal.append(sampleRecord(1));
    const { child, printed, ended } = follow(t, folder);
    await waitUntil(() => printed().includes('\n'), LIMIT_MS);

    child.kill(signal);

    assert.deepEqual(await ended, [0, null]);
    await journal.close();
  });
}

test('it ends without an error when nobody reads any more', { timeout: LIMIT_MS }, async (t) => {
  const folder = await makeTemporaryFolder(t);
  const { journal } = await openTestJournal(t, journalOptions(folder));
  await journal.append(sampleRecord(1));
  const { child, printed, ended } = follow(t, folder);
  await waitUntil(() => printed().includes('\n'), LIMIT_MS);

  child.stdout.destroy();
  await journal.append(sampleRecord(2));

  assert.deepEqual(await ended, [0, null]);
  await journal.close();
});
