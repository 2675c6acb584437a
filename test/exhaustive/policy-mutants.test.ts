/** Every mutant of every policy. */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { readRegoModules } from '../support/mutation/rego-modules.ts';
import { allMutants, findFailing, runMutants } from '../support/mutation/run-mutants.ts';
import {
  listStale,
  listUnexplained,
  SURVIVORS,
  SURVIVORS_SHARE_MAX,
} from '../support/mutation/survivors.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

test('every mutant of a policy fails a test, or stands in the table of survivors', async (context) => {
  const { path: opa } = await ensureOpa({ cacheFolder: cacheFolder(), progress: () => undefined });
  const scratch = await makeTemporaryFolder(context);
  const modules = await readRegoModules(POLICIES);
  const mutants = allMutants(modules);
  const options = { opa, policies: POLICIES, modules, scratch, atOnce: availableParallelism() };

  // A test that fails anyway would kill every mutant that it can see.
  assert.deepEqual(await findFailing(options), []);
  const run = await runMutants(mutants, options);

  assert.deepEqual(listUnexplained(run.survivors), []);
  assert.deepEqual(listStale(run.survivors), []);
  const judged = mutants.length - run.invalid;
  assert.ok(SURVIVORS.length <= judged * SURVIVORS_SHARE_MAX, `${SURVIVORS.length} of ${judged}`);
  context.diagnostic(`${run.killed} of ${judged} killed, ${run.invalid} do not compile`);
});
