/** The configuration of a cluster, tried on a laptop: its policies are those of Holdfast, and its users are who they are there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { COMMANDS, COMMAND_GROUPS } from '../../src/cli/commands.ts';
import { runProgram } from '../../src/cli/program.ts';
import { recordContext } from '../support/command-context.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const DEPLOYED = readFileSync(join(import.meta.dirname, '../../deploy/base/holdfast.yaml'), 'utf8');
const CONTROLLER = 'system:serviceaccount:argocd:argocd-application-controller';

function deploymentOf(replicas: number): string {
  const annotations = {
    'argocd.argoproj.io/tracking-id': 'checkout:apps/Deployment:shop/checkout',
  };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'checkout', namespace: 'shop', annotations },
    spec: { replicas },
  });
}

async function evaluate(test: TestContext, words: readonly string[]) {
  const workingDirectory = await makeTemporaryFolder(test, {
    // As it stands in the repository, but refusing.
    'holdfast.yaml': DEPLOYED.replace('mode: warn', 'mode: enforce'),
    'changed.yaml': deploymentOf(5),
    'stored.yaml': deploymentOf(2),
  });
  const recorded = recordContext({ workingDirectory, environment: process.env });
  const status = await runProgram(
    ['evaluate', 'changed.yaml', '--old', 'stored.yaml', '--config', 'holdfast.yaml', ...words],
    { commands: COMMANDS, groups: COMMAND_GROUPS, version: '0', context: recorded.context },
  );
  return { status, printed: recorded.printed(), reported: recorded.reported() };
}

describe('holdfast evaluate with the configuration of a cluster', () => {
  it('judges with the policies of Holdfast, and says that the named ones are not here', async (t) => {
    const { status, printed, reported } = await evaluate(t, ['--as', 'alice']);

    assert.equal(status, 'failed', reported);
    assert.match(printed, /managed_object_changed/u);
    assert.match(
      reported,
      /^note: policies\.bundle "\/app\/bundle" is not on this machine: judged with the policies that come with Holdfast$/mu,
    );
  });

  it('takes the name of the controller alone for impersonation, and says so', async (t) => {
    const { status, printed, reported } = await evaluate(t, ['--as', CONTROLLER]);

    assert.equal(status, 'failed', reported);
    assert.match(printed, /writer_unproven/u);
    assert.match(reported, /counts as impersonated.*--proof pod-bound/u);
  });

  it('lets the controller that shows the token of its pod write', async (t) => {
    const words = ['--as', CONTROLLER, '--proof', 'pod-bound'];

    const { status, printed, reported } = await evaluate(t, words);

    assert.equal(status, 'ok', `${printed}${reported}`);
    assert.doesNotMatch(reported, /impersonated/u);
  });

  it('does not take extra fields without a uid for a token', async (t) => {
    const { status, printed } = await evaluate(t, [
      '--as',
      CONTROLLER,
      '--as-extra',
      'authentication.kubernetes.io/pod-name=argocd-application-controller-0',
      '--as-extra',
      'authentication.kubernetes.io/pod-uid=00000000-0000-0000-0000-000000000001',
    ]);

    assert.equal(status, 'failed');
    assert.match(printed, /writer_unproven/u);
  });
});
