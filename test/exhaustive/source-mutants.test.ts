/** A sample of the mutants of the security core; `npm run mutants` runs them all. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSourceMutants } from '../support/source-mutation/run-source-mutants.ts';
import { sampleMutants } from '../support/source-mutation/sample-mutants.ts';
import {
  describeMutant,
  KILLED_PERCENT_MIN,
  moreTestsOf,
  readSourceMutants,
  SECURITY_CORE,
} from '../support/source-mutation/security-core.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Each takes a second of a processor, and the survivors some more. */
const SAMPLED = 50;

test('nine of ten mutants of who acts, whose an object is, what is decided and what proves it fail a test', async (context) => {
  const mutants = sampleMutants(readSourceMutants(ROOT, SECURITY_CORE), SAMPLED);
  const scratch = await makeTemporaryFolder(context);

  const { killed, survivors } = await runSourceMutants(mutants, {
    root: ROOT,
    scratch,
    moreTests: moreTestsOf,
    atOnce: 2,
  });

  const lines = survivors.map(describeMutant);
  for (const line of lines) context.diagnostic(line);
  assert.ok(
    killed * 100 >= mutants.length * KILLED_PERCENT_MIN,
    `${killed} of ${mutants.length} fail a test. What none notices:\n${lines.join('\n')}`,
  );
});
