/** Every mutant of the platform table and of what reads it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { readMutants, runMutants } from '../support/mutation/run-mutants.ts';
import {
  listStale,
  listUnexplained,
  MUTATED_FILES,
  MUTATED_FOLDER,
  SURVIVORS,
  SURVIVORS_SHARE_MAX,
} from '../support/mutation/survivors.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

test('every mutant of the platform table fails a test, or stands in the table of survivors', async (context) => {
  const { path: opa } = await ensureOpa({ cacheFolder: cacheFolder(), progress: () => undefined });
  const scratch = await makeTemporaryFolder(context);
  const mutants = await readMutants(POLICIES, MUTATED_FOLDER, MUTATED_FILES);

  const run = await runMutants(MUTATED_FOLDER, mutants, { opa, policies: POLICIES, scratch });

  assert.deepEqual(listUnexplained(run.survivors), []);
  assert.deepEqual(listStale(run.survivors), []);
  const judged = mutants.length - run.invalid;
  assert.ok(SURVIVORS.length <= judged * SURVIVORS_SHARE_MAX, `${SURVIVORS.length} of ${judged}`);
  context.diagnostic(`${run.killed} of ${judged} killed, ${run.invalid} do not compile`);
});
