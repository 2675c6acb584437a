/** A sample of the mutants of the platform table and of what reads it; `test/exhaustive/` has all of them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { readMutants, runMutants } from '../support/mutation/run-mutants.ts';
import { listUnexplained, MUTATED_FILES, MUTATED_FOLDER } from '../support/mutation/survivors.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');
const SAMPLE = 25;

test('each sampled mutant of the platform table fails a test', async (context) => {
  const { path: opa } = await ensureOpa({ cacheFolder: cacheFolder(), progress: () => undefined });
  const scratch = await makeTemporaryFolder(context);
  const mutants = await readMutants(POLICIES, MUTATED_FOLDER, MUTATED_FILES);
  // Another sample each day; a run of the same day can be repeated.
  const seed = Math.floor(Date.now() / (24 * 60 * 60 * 1000));
  const draw = seededRandom(seed);
  const sample = Array.from({ length: SAMPLE }, () => mutants[draw(mutants.length)]).filter(
    (mutant) => mutant !== undefined,
  );

  const run = await runMutants(MUTATED_FOLDER, sample, { opa, policies: POLICIES, scratch });

  assert.deepEqual(listUnexplained(run.survivors), [], `Seed ${seed}`);
  assert.ok(run.killed > 0);
  context.diagnostic(`${run.killed} of ${sample.length} killed, ${run.invalid} do not compile`);
});
