/** Every mutant of the policies that say who may write what Git manages. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { readMutants, runMutants } from '../support/mutation/run-mutants.ts';
import {
  listStale,
  listUnexplained,
  MUTATED,
  SURVIVORS,
  SURVIVORS_SHARE_MAX,
} from '../support/mutation/survivors.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

for (const folder of MUTATED) {
  const survivors = SURVIVORS.filter(({ file }) => folder.files.includes(file));

  test(`every mutant of ${folder.files.join(', ')} fails a test, or stands in the table of survivors`, async (context) => {
    const { path: opa } = await ensureOpa({
      cacheFolder: cacheFolder(),
      progress: () => undefined,
    });
    const scratch = await makeTemporaryFolder(context);
    const mutants = await readMutants(POLICIES, folder);

    const run = await runMutants(folder, mutants, { opa, policies: POLICIES, scratch });

    assert.deepEqual(listUnexplained(run.survivors), []);
    assert.deepEqual(listStale(run.survivors, survivors), []);
    const judged = mutants.length - run.invalid;
    assert.ok(survivors.length <= judged * SURVIVORS_SHARE_MAX, `${survivors.length} of ${judged}`);
    context.diagnostic(`${run.killed} of ${judged} killed, ${run.invalid} do not compile`);
  });
}
