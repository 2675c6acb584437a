import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { policySettingsCommand } from '../../../../src/cli/policy/settings.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const CONFIGURATION = `policies:
  mode: warn
  settings:
    namespace_labels: { mode: enforce }
    small_commits:
      overrides:
        - namespaceSelector: { matchLabels: { stage: production } }
          mode: enforce
          parameters: { filesMax: 5 }
`;

async function run(t: TestContext, argv: readonly string[], configuration = CONFIGURATION) {
  const folder = await makeTemporaryFolder(t, { 'holdfast.yaml': configuration });
  const world = recordContext({ workingDirectory: folder, environment: {} });
  const status = await runProgram(['policy', 'settings', ...argv], {
    commands: [policySettingsCommand],
    groups: { policy: 'Policies' },
    version: '1',
    context: world.context,
  });
  return { status, printed: world.printed(), reported: world.reported() };
}

function lineOf(printed: string, policy: string): string | undefined {
  return printed
    .split('\n')
    .find((line) => line.startsWith(`${policy} `))
    ?.replace(/ +/gu, ' ');
}

test('policy settings says which setting decides in a namespace with these labels', async (t) => {
  const { status, printed } = await run(t, ['-n', 'shop', '-l', 'stage=production', '-l', 'a=']);

  assert.equal(status, 'ok');
  assert.match(printed, /^POLICY +MODE +SET BY$/mu);
  assert.equal(
    lineOf(printed, 'small_commits'),
    'small_commits enforce policies.settings.small_commits.overrides[0]',
  );
  assert.equal(lineOf(printed, 'gitops_source'), 'gitops_source warn policies.mode');
});

test('policy settings counts labels that are not named as unknown, and says so', async (t) => {
  const { printed } = await run(t, ['-n', 'shop', '-o', 'wide']);

  assert.equal(
    lineOf(printed, 'small_commits'),
    'small_commits enforce policies.settings.small_commits.overrides[0] (labels unknown: enforce, warn) allow by labels',
  );
  assert.equal(
    lineOf(printed, 'latest_tag_warning'),
    'latest_tag_warning warn policies.mode allow {}',
  );
});

test('policy settings prints the parameters of a place', async (t) => {
  const { printed } = await run(t, ['-n', 'shop', '--unlabelled', '-o', 'json']);

  const { labels, policies } = JSON.parse(printed) as {
    readonly labels: unknown;
    readonly policies: readonly { readonly policy: string; readonly parameters: object }[];
  };
  assert.deepEqual(labels, [{}]);
  assert.deepEqual(policies.find(({ policy }) => policy === 'small_commits')?.parameters, {
    filesMax: 50,
    linesMax: 1000,
    of: 'commit',
    uncountedFilesMax: 0,
  });
});

for (const [what, argv, message] of [
  ['labels of no namespace', ['-l', 'a=b'], /Labels are those of a namespace: name it with -n/u],
  ['no labels of no namespace', ['--unlabelled'], /Labels are those of a namespace/u],
  ['both', ['-n', 'a', '-l', 'a=b', '--unlabelled'], /Name either --label or --unlabelled/u],
  ['what is no label', ['-n', 'a', '-l', 'a'], /--label wants KEY=VALUE, found "a"/u],
] as const) {
  test(`policy settings refuses ${what}`, async (t) => {
    const { status, reported } = await run(t, argv);

    assert.notEqual(status, 'ok');
    assert.match(reported, message);
  });
}

test('policy settings says where it shows other policies than those of the bundle', async (t) => {
  const { status, reported } = await run(t, [], 'policies: { bundle: /app/bundle }\n');

  assert.equal(status, 'ok');
  assert.match(reported, /The bundle is not on this machine: shown are the policies of Holdfast/u);
});

test('policy settings reports an invalid configuration', async (t) => {
  assert.equal((await run(t, [], 'policies: { mod: warn }\n')).status, 'configuration');
});
