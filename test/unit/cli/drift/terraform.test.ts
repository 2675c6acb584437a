import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { driftTerraformCommand } from '../../../../src/cli/drift/terraform.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext, type RecordedContextOptions } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { sampleChange, samplePlan } from '../../../support/terraform-plans.ts';

async function run(argv: readonly string[], options: RecordedContextOptions = {}) {
  const { context, printed, reported } = recordContext(options);
  const status = await runProgram(['drift', 'terraform', ...argv], {
    commands: [driftTerraformCommand],
    groups: { drift: 'Say what has changed' },
    version: '0',
    context,
  });
  return { status, printed: printed(), reported: reported() };
}

const CHANGED = samplePlan({
  resource_drift: [sampleChange({ before: { size: 1 }, after: { size: 2 } })],
});

describe('holdfast drift terraform', () => {
  it('ends with 0 where nothing differs', async (test) => {
    const workingDirectory = await makeTemporaryFolder(test, {
      'plan.json': JSON.stringify(samplePlan()),
    });
    assert.deepEqual(await run(['plan.json'], { workingDirectory }), {
      status: 'ok',
      printed: '0 resources changed outside of Terraform, 0 changes planned',
      reported: '',
    });
  });

  it('ends with 2 where something does, and tells it', async () => {
    const { status, printed } = await run(['-'], { stdin: JSON.stringify(CHANGED) });
    assert.equal(status, 'changed');
    assert.match(
      printed,
      /^Changed outside of Terraform:\n {2}update aws_s3_bucket\.data\n {4}size: 1 → 2\n/u,
    );
    const planned = samplePlan({ resource_changes: [sampleChange({ actions: ['delete'] })] });
    assert.equal((await run(['-'], { stdin: JSON.stringify(planned) })).status, 'changed');
  });

  it('prints JSON for programs', async () => {
    const { status, printed } = await run(['-', '-o', 'json'], { stdin: JSON.stringify(CHANGED) });
    assert.equal(status, 'changed');
    assert.deepEqual(Object.keys(JSON.parse(printed) as object), [
      'terraformVersion',
      'drift',
      'changes',
    ]);
  });

  for (const [what, text, reason] of [
    ['no JSON', '{', /cannot be used: .+\nWrite it with "terraform plan -out tfplan"/u],
    ['two equal keys', '{"errored":true,"errored":false}', /cannot be used/u],
    ['no plan', '{"format_version":"1.0"}', /cannot be used: it is no plan/u],
    ['a plan with an error', JSON.stringify(samplePlan({ errored: true })), /could not finish it/u],
  ] as const) {
    it(`ends with 1 for ${what}`, async (test) => {
      const workingDirectory = await makeTemporaryFolder(test, { 'plan.json': text });
      const { status, printed, reported } = await run(['plan.json'], { workingDirectory });
      assert.deepEqual([status, printed], ['failed', '']);
      assert.match(reported, reason);
    });
  }

  it('ends with 1 for a file that is not there', async () => {
    const { status, reported } = await run(['none.json']);
    assert.equal(status, 'failed');
    assert.match(reported, /The plan "none\.json" cannot be used/u);
  });
});
