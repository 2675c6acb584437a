/** What holds for every command: a help that fits, options that are described, one meaning of an option, and one set of facts in every form. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseYaml } from '../../src/base/parse-yaml.ts';
import type { CommandDefinition } from '../../src/cli/command.ts';
import { COMMANDS, COMMAND_GROUPS } from '../../src/cli/commands.ts';
import { helpOption, noColorOption } from '../../src/cli/global-options.ts';
import { HELP_COLUMNS, runProgram } from '../../src/cli/program.ts';
import { recordContext } from '../support/command-context.ts';
import { openDoctorStage } from '../support/doctor-stage.ts';
import { startFakeApiServer } from '../support/fake-api-server.ts';
import { buildJournal } from '../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

async function run(argv: readonly string[], folder?: string) {
  const workingDirectory = folder ?? import.meta.dirname;
  const { context, printed, reported } = recordContext({ workingDirectory });
  const status = await runProgram(argv, {
    commands: COMMANDS,
    groups: COMMAND_GROUPS,
    version: '0',
    context,
  });
  return { status, printed: printed(), reported: reported() };
}

describe('every help', () => {
  for (const name of ['', ...Object.keys(COMMAND_GROUPS), ...COMMANDS.map((each) => each.name)]) {
    it(`fits ${String(HELP_COLUMNS)} columns: holdfast ${name}`, async () => {
      const { status, printed } = await run([...name.split(' '), '--help'].filter(Boolean));

      assert.equal(status, 'ok');
      // A single word that cannot be broken is none of ours: an address, a pattern.
      const wide = printed
        .split('\n')
        .filter((line) => line.length > HELP_COLUMNS && line.trim().split(' ').length > 4);
      assert.deepEqual(wide, []);
    });
  }
});

describe('every option', () => {
  const taken = [helpOption, noColorOption];
  for (const { name, options = [], arguments: words = [] } of COMMANDS) {
    it(`is described, and has a name of its own: holdfast ${name}`, () => {
      assert.deepEqual(
        [...options, ...words].filter(({ summary }) => summary.length < 2),
        [],
      );
      const names = [...options, ...taken].flatMap((option) =>
        [option.name, option.short ?? []].flat(),
      );
      assert.deepEqual(names, [...new Set(names)]);
    });

    it(`means one thing everywhere: holdfast ${name}`, () => {
      // --json and --format would be other words for --output; `audit export` writes a file in a format of its own.
      const others = options.filter(
        (option) => option.name === 'json' || (option.name === 'format' && name !== 'audit export'),
      );
      assert.deepEqual(others, []);
      const output = options.find((option) => option.name === 'output');
      assert.ok(output === undefined || (output.short === 'o' && output.value === 'FORM'));
      for (const option of options.filter(({ short }) => short === 'o' || short === 'h')) {
        assert.equal(option, output);
      }
      for (const word of ['out', 'namespace', 'kubeconfig', 'context', 'config']) {
        assert.notEqual(options.find((option) => option.name === word)?.value, '');
      }
    });
  }
});

interface Asked {
  readonly argv: readonly string[];
  readonly folder: string;
}

/** What makes each command answer; a new command with `-o json` needs a row. */
const STAGES: Readonly<Record<string, (t: TestContext) => Promise<Asked>>> = {
  'config check': (t) => withFiles(t, { 'holdfast.yaml': '{}' }, 'holdfast.yaml'),
  'config print': (t) => withFiles(t, {}, '--limits'),
  version: (t) => withFiles(t, {}),
  'drift terraform': (t) =>
    withFiles(t, { 'plan.json': '{"format_version":"1.2","resource_changes":[]}' }, 'plan.json'),
  certs: (t) => withFiles(t, {}, '--out', 'certs'),
  'audit verify': withJournal,
  'audit query': withJournal,
  'lineage list': withJournal,
  report: async (t) => {
    const { folder, argv } = await withJournal(t);
    return { folder, argv: ['--since', '2026-11-01', '--until', '2026-12-01', ...argv] };
  },
  'verify manifest': (t) =>
    withFiles(t, { 'app/a.yaml': CONFIG_MAP, 'live.yaml': CONFIG_MAP }, 'app', '-f', 'live.yaml'),
  'verify keyring': (t) =>
    withFiles(t, { signers: `ada@example.com ${PUBLIC_KEY}\n` }, '--allowed-signers', 'signers'),
  doctor: async (t) => {
    const { api, folder, configuration } = await openDoctorStage(t);
    const files = { 'holdfast.yaml': JSON.stringify(configuration) };
    const other = await makeTemporaryFolder(t, files);
    return {
      argv: ['--kubeconfig', api.kubeconfigFile, '--config', join(other, 'holdfast.yaml')],
      folder,
    };
  },
  'freeze list': withCluster,
  'grant list': withCluster,
  'credential list': withCluster,
};

/** Need programs or servers that their own tests start, which read the JSON, too. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  adopt: 'test/unit/cli/adopt/adopt.test.ts',
  evaluate: 'test/unit/cli/evaluate/evaluate.test.ts',
  'policy build': 'test/unit/cli/policy/build.test.ts',
  'policy check': 'test/unit/cli/policy/check.test.ts',
  'policy sign': 'test/integration/policy-bundle-signature.test.ts',
  'policy verify': 'test/integration/policy-bundle-signature.test.ts',
  'policy test': 'test/unit/cli/policy/test.test.ts',
  'policy explain': 'test/unit/cli/policy/explain.test.ts',
  'policy replay': 'test/unit/cli/policy/replay.test.ts',
  'policy bench': 'test/unit/cli/policy/bench.test.ts',
  'policy docs': 'test/unit/cli/policy/docs.test.ts',
  'policy settings': 'test/unit/cli/policy/settings.test.ts',
  'policy push': 'test/integration/bundle-registry.test.ts',
  'policy pull': 'test/integration/bundle-registry.test.ts',
  manifests: 'test/unit/cli/setup/manifests.test.ts',
  images: 'test/integration/list-images.test.ts',
  'alert test': 'test/unit/cli/alert/test.test.ts',
  'drift list': 'test/unit/cli/drift/list.test.ts',
  'drift show': 'test/unit/cli/drift/list.test.ts',
  'lineage show': 'test/unit/cli/lineage/list.test.ts',
  'verify commit': 'test/integration/verify-commit.test.ts',
  'verify app': 'test/integration/verify-app.test.ts',
  'verify image': 'test/integration/verify-image.test.ts',
};

const CONFIG_MAP =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndata: {x: "1"}\n';
const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIObsdnC7wJ3S1h4UD0kXnIeZ0l6k1Fk1ZlBvJ0Jxk9yT';

async function withFiles(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  ...argv: readonly string[]
): Promise<Asked> {
  return { argv, folder: await makeTemporaryFolder(t, files) };
}

async function withJournal(t: TestContext): Promise<Asked> {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(join(folder, 'j'), { segments: [4] });
  return { argv: ['j'], folder };
}

async function withCluster(t: TestContext): Promise<Asked> {
  const api = await startFakeApiServer();
  t.after(() => api.stop());
  return withFiles(t, {}, '--kubeconfig', api.kubeconfigFile);
}

/** What a person could look up: names with digits, paths, hashes, times. Prose and numbers of its own are none. */
function factsOf(table: string): readonly string[] {
  return (
    table
      .split(/[\s"'(),;]+/u)
      .map((word) => word.replace(/[.:]$/u, ''))
      .filter((word) => /[a-z]/iu.test(word) && /[\d@/]/u.test(word) && word.length > 5)
      // The name of a hash function, not of a hash.
      .filter((word) => word !== 'sha256')
  );
}

describe('every answer', () => {
  const answering = COMMANDS.filter(({ options = [] }) =>
    options.some(({ name, choices = [] }) => name === 'output' && choices.includes('json')),
  );

  for (const definition of answering.filter(({ name }) => ELSEWHERE[name] === undefined)) {
    it(`has the same facts in every form: holdfast ${definition.name}`, async (t) => {
      const stage = STAGES[definition.name];
      assert.ok(stage !== undefined, `${definition.name} needs a row in STAGES or ELSEWHERE`);
      const { argv, folder } = await stage(t);
      const ask = (form: string) =>
        withoutFreeSpace(run([...definition.name.split(' '), ...argv, '-o', form], folder));
      // What makes something reports it as kept from the second time on.
      await ask('json');

      const json = await ask('json');
      const value: unknown = JSON.parse(json.printed);
      for (const form of formsOf(definition)) {
        const answer = await ask(form);
        assert.deepEqual(
          [answer.status, answer.reported],
          [json.status, form === 'table' ? answer.reported : ''],
        );
        if (form === 'yaml') assert.deepEqual(readYaml(answer.printed), value);
        else if (form !== 'jsonl') {
          const absent = factsOf(answer.printed).filter((fact) => !isSaid(json.printed, fact));
          assert.deepEqual(absent, [], `${form}:\n${answer.printed}\njson:\n${json.printed}`);
        }
      }
    });
  }

  it('is tested here or where it says', () => {
    const known = [...Object.keys(STAGES), ...Object.keys(ELSEWHERE)];
    assert.deepEqual(known.toSorted(), answering.map(({ name }) => name).toSorted());
  });
});

/** Other processes write to the same disk between two answers. */
async function withoutFreeSpace(answer: ReturnType<typeof run>) {
  const { printed, ...rest } = await answer;
  return { ...rest, printed: printed.replaceAll(/\d+ MiB free/gu, 'MiB free') };
}

/** As a whole, or in parts: the JSON has a name and a namespace for `shop/checkout`. */
function isSaid(json: string, fact: string): boolean {
  return (
    fact.split('/').every((word) => json.includes(word)) ||
    fact.split(/[/.]/u).every((word) => json.includes(word))
  );
}

function formsOf({ options = [] }: CommandDefinition): readonly string[] {
  return options.find(({ name }) => name === 'output')?.choices ?? [];
}

function readYaml(text: string): unknown {
  const parsed = parseYaml(text, { dialect: 'strict', aliasesMax: 0 });
  assert.ok(parsed.ok);
  return parsed.documents[0]?.value;
}
