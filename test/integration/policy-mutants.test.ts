/** A sample of the mutants of the policies that say who may write what Git manages; `test/exhaustive/` has all of them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { readMutants, runMutants } from '../support/mutation/run-mutants.ts';
import { listUnexplained, MUTATED } from '../support/mutation/survivors.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');
const SAMPLE = 25;
/** From 1970 on. */
const DAY_MS = 24 * 60 * 60 * 1000;

test('each sampled mutant fails a test, or stands in the table of survivors', async (context) => {
  const { path: opa } = await ensureOpa({ cacheFolder: cacheFolder(), progress: () => undefined });
  const scratch = await makeTemporaryFolder(context);
  // Another sample each day; a run of the same day can be repeated.
  const seed = Math.floor(Date.now() / DAY_MS);
  const draw = seededRandom(seed);
  const folder = MUTATED[draw(MUTATED.length)];
  assert.ok(folder !== undefined);
  const mutants = await readMutants(POLICIES, folder);
  const sample = Array.from({ length: SAMPLE }, () => mutants[draw(mutants.length)]).filter(
    (mutant) => mutant !== undefined,
  );

  const run = await runMutants(folder, sample, { opa, policies: POLICIES, scratch });

  assert.deepEqual(listUnexplained(run.survivors), [], `Seed ${seed}`);
  assert.ok(run.killed > 0, `Seed ${seed}`);
  context.diagnostic(`${run.killed} of ${sample.length} killed, ${run.invalid} do not compile`);
});
