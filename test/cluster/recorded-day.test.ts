/** The recorded day can be recorded again, and the kept recording is what comes out. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readRecordedDay } from '../../src/compose/recorded-day.ts';
import { BOOKKEEPING_NOTE, DAY } from '../support/sandbox/play-day.ts';
import { RECORDED_DAY, recordDay } from '../support/sandbox/record-day.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

/** What was typed as a secret during the day. */
const SECRETS = ['correct horse battery staple', 'hunter2'].flatMap((secret) => [
  secret,
  Buffer.from(secret).toString('base64'),
]);

describe('the recorded day', () => {
  it('comes out with the same actions and expectations as the one that is kept', async (test) => {
    const file = join(await makeTemporaryFolder(test), 'day.json');
    await recordDay(file, () => undefined);
    assert.deepEqual(await summarize(file), await summarize(RECORDED_DAY));
  });

  it('has a review for everything that was done', async () => {
    const recorded = new Set((await readRecordedDay(RECORDED_DAY)).map(({ action }) => action));
    const missing = DAY.filter(({ name }) => !recorded.has(name)).map(({ name }) => name);
    assert.deepEqual(missing, []);
    assert.equal(DAY.length > 40, true);
  });

  it('holds no secret that was typed, and no token', async () => {
    const text = await readFile(RECORDED_DAY, 'utf8');
    assert.deepEqual(
      SECRETS.filter((secret) => text.includes(secret)),
      [],
    );
    assert.doesNotMatch(text, /eyJ[\w-]{8,}\.[\w-]+\./u);
    assert.equal(Buffer.byteLength(text) < 1024 * 1024, true);
  });
});

/**
 * Which actions met which expectations. How often one command is sent again depends on chance, and whether kubectl
 * tidies up managedFields first on its version.
 */
async function summarize(file: string): Promise<readonly string[]> {
  const cases = await readRecordedDay(file);
  const told = cases
    .filter(({ action, note }) => action !== 'background' && note !== BOOKKEEPING_NOTE)
    .map(({ action, expect }) => `${action}: ${expect}`);
  return [...new Set(told)].toSorted();
}
