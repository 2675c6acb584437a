import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CommandDefinition } from '../../../../src/cli/command.ts';
import { configCheckCommand } from '../../../../src/cli/config/check.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { KEY_MAKERS } from '../../../support/bundle-keys.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const commands: readonly CommandDefinition[] = [configCheckCommand];
const WRITER =
  'identity: { writers: [{ name: a, username: "system:serviceaccount:flux-system:a", tool: flux }] }\n';

async function run(workingDirectory: string, ...argv: string[]) {
  const world = recordContext({ workingDirectory });
  const options = { commands, groups: {}, version: '1', context: world.context };
  const status = await runProgram(['config', 'check', ...argv], options);
  return { status, printed: world.printed(), reported: world.reported() };
}

test('config check says that a file is good', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': WRITER });

  const { status, printed, reported } = await run(folder, 'h.yaml');

  assert.deepEqual({ status, reported }, { status: 'ok', reported: '' });
  assert.match(printed, /\/h\.yaml: ok \(sha256 [0-9a-f]{12}\)$/u);
});

test('config check without a file checks the defaults', async (t) => {
  const folder = await makeTemporaryFolder(t);

  assert.match((await run(folder)).printed, /^No file: the defaults: ok/u);
});

test('config check prints warnings beside its ok', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': '{}' });

  const { status, reported } = await run(folder, 'h.yaml');

  assert.equal(status, 'ok');
  assert.match(reported, /^warning: h\.yaml:1:1: identity\.writers: /u);
});

test('config check prints problems as a compiler does, and counts them', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'one.yaml': 'logs: {}',
    'two.yaml': 'logs: {}\nsever: {}\n',
  });

  assert.deepEqual(await run(folder, 'one.yaml'), {
    status: 'configuration',
    printed: '',
    reported: 'one.yaml:1:1: logs: Unknown key "logs"\n  Did you mean "log"?\n1 problem',
  });
  assert.match((await run(folder, 'two.yaml')).reported, /\n2 problems$/u);
});

test('config check --json prints one object, good or bad', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'good.yaml': WRITER, 'bad.yaml': 'logs: {}' });

  const good = await run(folder, 'good.yaml', '-o', 'json');
  const bad = await run(folder, 'bad.yaml', '-o', 'json');

  assert.equal(good.status, 'ok');
  const { hash, ...rest } = JSON.parse(good.printed);
  assert.match(hash, /^[0-9a-f]{64}$/u);
  assert.deepEqual(rest, {
    ok: true,
    file: join(folder, 'good.yaml'),
    problems: [],
    warnings: [],
  });
  assert.equal(bad.status, 'configuration');
  assert.deepEqual(JSON.parse(bad.printed), {
    ok: false,
    problems: [
      {
        file: 'bad.yaml',
        line: 1,
        column: 1,
        path: 'logs',
        message: 'Unknown key "logs"',
        remedy: 'Did you mean "log"?',
      },
    ],
    warnings: [],
  });
});

const RULE = `commits:
  allowedSignersFile: allowed_signers
  rules:
    - name: platform
      repositories: ["https://git.example.com/**"]
      signers: [{ scheme: ssh, principal: anna@example.com }]
`;
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f';

test('config check reads the key files of commits, and says who cannot sign', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'h.yaml': WRITER + RULE,
    allowed_signers: `bob@example.com ${KEY}\n`,
  });

  const { status, reported } = await run(folder, 'h.yaml');

  assert.equal(status, 'configuration');
  assert.match(
    reported,
    /h\.yaml:1:1: commits\.rules\[0\]\.signers\[0\]: No line of the allowed signers has the principal anna@example\.com/u,
  );
});

test('config check says which key file cannot be read', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': WRITER + RULE });

  const { status, reported } = await run(folder, 'h.yaml');

  assert.equal(status, 'configuration');
  assert.match(reported, /commits: ".*allowed_signers" cannot be read: there is no such file/u);
});

test('config check refuses a rule that can match nobody', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'h.yaml': WRITER + RULE.replace('  allowedSignersFile: allowed_signers\n', ''),
  });

  const { status, reported } = await run(folder, 'h.yaml');

  assert.equal(status, 'configuration');
  assert.match(
    reported,
    /h\.yaml:6:\d+: commits\.rules\[0\]\.signers\[0\]: Nobody can sign with the scheme "ssh": commits\.allowedSignersFile is not set/u,
  );
});

test('config check knows the policies of the bundle and their parameters', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'h.yaml': [
      'policies:',
      '  settings:',
      '    gitops_only_write: { mode: enforce }',
      '    small_commits:',
      '      parameters: { filesMax: many, writers: [] }',
      '',
    ].join('\n'),
  });

  const { status, printed, reported } = await run(folder, 'h.yaml');

  assert.deepEqual([status, printed], ['configuration', '']);
  assert.deepEqual(
    reported.split('\n').map((line) => line.replace(/^.*h\.yaml:/u, 'h.yaml:')),
    [
      'h.yaml:3:5: policies.settings.gitops_only_write: There is no policy "gitops_only_write"',
      '  Did you mean "gitops_only_writes"?',
      'h.yaml:5:21: policies.settings.small_commits.parameters.filesMax: Expected a whole number, found a text',
      '  The default is 50',
      'h.yaml:5:37: policies.settings.small_commits.parameters.writers: The parameter "writers" is not one of the policy "small_commits": every policy is given it',
      '  Set it in the section of the configuration that it comes from',
      '3 problems',
    ],
  );
});

test('config check compares settings with our policies where the bundle is elsewhere', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'h.yaml': `${WRITER}policies: { bundle: /app/bundle }\n`,
  });

  const { status, reported } = await run(folder, 'h.yaml');

  assert.equal(status, 'ok');
  assert.match(
    reported,
    /^warning: .*h\.yaml:2:13: policies\.bundle: .* \(bundle_elsewhere\)\n {2}Check it again where the folder is, as in the image$/u,
  );
});

test('config check takes settings of policies that come from a registry and are not here', async (t) => {
  const key = KEY_MAKERS.EdDSA().publicPem;
  const folder = await makeTemporaryFolder(t, {
    'key.pem': key,
    'h.yaml': `${WRITER}policies:
  keys: [{ file: key.pem }]
  registry: { reference: registry.example.com/policies, folder: kept }
  settings: { own_policy: { mode: warn } }
`,
  });
  assert.equal((await run(folder, 'h.yaml')).status, 'ok');
});

test('config check reads the keys of bundles, and refuses a bundle that none of them has signed', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'key.pem': KEY_MAKERS.EdDSA().publicPem,
    'absent.yaml': `${WRITER}policies: { bundle: nowhere, keys: [{ file: nowhere.pem }] }\n`,
    'away.yaml': `${WRITER}policies: { bundle: nowhere, keys: [{ file: key.pem }] }\n`,
    'unsigned.yaml': `${WRITER}policies: { bundle: bundle, keys: [{ file: key.pem }] }\n`,
    'bundle/manifest.json': '{}',
  });

  const absent = await run(folder, 'absent.yaml');
  const away = await run(folder, 'away.yaml');
  const unsigned = await run(folder, 'unsigned.yaml');

  assert.match(
    absent.reported,
    /: policies\.keys: The key ".*nowhere\.pem" cannot be used: there is no such file/u,
  );
  assert.equal(away.status, 'ok');
  assert.match(
    unsigned.reported,
    /: policies\.bundle: The policy bundle ".*bundle" is not taken: it is not signed: it has no \.signatures\.json/u,
  );
});

test('config check --against names the changes that need a restart, and no others', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'old.yaml': WRITER,
    'new.yaml': `${WRITER}server: { port: 9443 }\nengine: { workers: 3 }\nlog: { level: debug }\n`,
    'bad.yaml': 'logs: {}',
  });

  const { status, printed } = await run(folder, 'new.yaml', '--against', 'old.yaml');
  const same = await run(folder, 'old.yaml', '--against', 'old.yaml');
  const json = await run(folder, 'new.yaml', '--against', 'old.yaml', '-o', 'json');
  const bad = await run(folder, 'new.yaml', '--against', 'bad.yaml');

  assert.equal(status, 'ok');
  assert.match(printed, /\nTake effect only after a restart: server\.port, engine$/u);
  assert.match(same.printed, /\nEvery change takes effect without a restart$/u);
  assert.match(json.printed, /"restartSettings":\s*\[\s*"server\.port",\s*"engine"\s*\]/u);
  assert.equal(bad.status, 'configuration');
  assert.match(bad.reported, /bad\.yaml:1:1: logs: Unknown key/u);
});
