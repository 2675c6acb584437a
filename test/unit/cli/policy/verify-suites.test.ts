import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { policyVerifyCommand } from '../../../../src/cli/policy/verify.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/gatekeeper');

async function run(...argv: readonly string[]) {
  const world = recordContext({ workingDirectory: FIXTURES, environment: process.env });
  const status = await runProgram(['policy', 'verify', ...argv], {
    commands: [policyVerifyCommand],
    groups: { policy: 'Policies' },
    version: '1',
    context: world.context,
  });
  return { status, printed: world.printed(), reported: world.reported() };
}

test('policy verify runs suites as gator does, and ends as it does', async () => {
  const passed = await run('actions', '--run', 'scoped-here//', '-v');
  const failed = await run('parameters/failing-suite.yaml', '--run', '^cases$//^no-object$');

  assert.equal(passed.status, 'ok');
  assert.match(
    passed.printed,
    /^=== RUN {3}scoped-here\n {4}=== RUN {3}pod\n {4}--- PASS: pod\t\(/mu,
  );
  assert.match(passed.printed, /^ok\tactions\/suite\.yaml\t\d+\.\d{3}s\nPASS\n$/mu);
  assert.equal(failed.status, 'failed');
  assert.match(failed.printed, /^ {8}invalid Case: must define object$/mu);
  assert.match(failed.printed, /^FAIL\tparameters\/failing-suite\.yaml\t\S+\nFAIL\n$/mu);
});

test('policy verify does not succeed where there is nothing to run', async () => {
  const { status, reported } = await run('.');

  assert.equal(status, 'usage');
  assert.match(
    reported,
    /There is no suite in "\."\. To verify the signature of a bundle, name its key with --key/u,
  );
});
