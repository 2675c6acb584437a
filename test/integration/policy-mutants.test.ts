/** A sample of the mutants of the policies; `test/exhaustive/` has all of them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { readRegoModules } from '../support/mutation/rego-modules.ts';
import { allMutants, runMutants } from '../support/mutation/run-mutants.ts';
import { listUnexplained, sampleMutants } from '../support/mutation/survivors.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');
const SAMPLE = 40;

test('each sampled mutant fails a test, or stands in the table of survivors', async (context) => {
  const { path: opa } = await ensureOpa({ cacheFolder: cacheFolder(), progress: () => undefined });
  const scratch = await makeTemporaryFolder(context);
  const modules = await readRegoModules(POLICIES);
  const sample = sampleMutants(allMutants(modules), SAMPLE);

  const run = await runMutants(sample, { opa, policies: POLICIES, modules, scratch, atOnce: 1 });

  assert.deepEqual(listUnexplained(run.survivors), []);
  assert.ok(run.killed > SAMPLE / 2);
  context.diagnostic(`${run.killed} of ${sample.length} killed, ${run.invalid} do not compile`);
});
