/** The scripts of completion, run by the real shells: of all commands, as they are printed. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { COMMANDS, COMMAND_GROUPS } from '../../src/cli/commands.ts';
import { runProgram } from '../../src/cli/program.ts';
import { recordContext } from '../support/command-context.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const scripts = new Map<string, string>();

before(async () => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell', 'kubectl']) {
    const { context, printed } = recordContext();
    const status = await runProgram(['completion', shell], {
      commands: COMMANDS,
      groups: COMMAND_GROUPS,
      version: '0',
      context,
    });
    assert.equal(status, 'ok');
    scripts.set(shell, printed());
  }
});

function scriptOf(shell: string): string {
  return scripts.get(shell) ?? '';
}

const GROUPS = Object.keys(COMMAND_GROUPS);
const ROOTS = [...new Set(COMMANDS.map(({ name }) => name.split(' ')[0] ?? '')), 'help'];

/** The words before the cursor, and what is offered there. */
const QUESTIONS: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [[''], ROOTS],
  [['audi'], ['audit']],
  [['help', 'audi'], ['audit']],
  [['help', 'audit', 'ver'], ['verify']],
  [['doctor', '--no-'], ['--no-color']],
  [['doctor', '--context', 'prod', '-o', 'j'], ['json']],
  [
    ['audit', 'tail', '-n', '3', '-o', ''],
    ['table', 'jsonl'],
  ],
  // A value that is also a command.
  [['report', '--user', 'audit', '--namesp'], ['--namespace']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish', 'powershell', 'kubectl'],
  ],
  [['audit', 'query', '--user', ''], []],
  [['nothing', '--conf'], []],
];

/** Every option that has choices, of every command: `audit query --output`. */
const CHOICES = COMMANDS.flatMap(({ name, options = [] }) =>
  options.flatMap(({ name: option, choices }) =>
    choices === undefined ? [] : [[[...name.split(' '), `--${option}`, ''], choices] as const],
  ),
);

describe('bash', () => {
  /** By the function that bash itself calls, and compgen inside it; a line for each question. */
  async function complete(questions: readonly (readonly string[])[], folder?: string) {
    const asked = questions.map((words) => {
      const quoted = ['holdfast', ...words].map((word) => `'${word}'`).join(' ');
      return `COMP_WORDS=(${quoted}); COMP_CWORD=${String(words.length)}; _holdfast; echo "\${COMPREPLY[*]}"`;
    });
    const { stdout } = await run('bash', ['-c', [scriptOf('bash'), ...asked].join('\n')], {
      cwd: folder,
    });
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ').filter((word) => word !== ''));
  }

  it('offers commands, options and the values of options', async () => {
    const questions = [...QUESTIONS, ...CHOICES];
    assert.deepEqual(
      await complete(questions.map(([words]) => words)),
      questions.map(([, offered]) => offered),
    );
  });

  it('offers every member of every group, and every option of every command', async () => {
    const members = GROUPS.map((group) =>
      COMMANDS.filter(({ name }) => name.startsWith(`${group} `)).map(({ name }) =>
        name.slice(group.length + 1),
      ),
    );
    assert.deepEqual(await complete(GROUPS.map((group) => [group, ''])), members);

    const offered = await complete(COMMANDS.map(({ name }) => [...name.split(' '), '--']));
    assert.deepEqual(
      offered,
      COMMANDS.map(({ options = [] }) => [
        ...options.map(({ name }) => `--${name}`),
        '--help',
        '--no-color',
      ]),
    );
  });

  it('offers files and folders, with spaces in their names', async (t) => {
    const files = { 'holdfast.yaml': '', 'a file.yaml': '', 'journal/0.db': '' };
    const folder = await makeTemporaryFolder(t, files);
    const asked = [
      ['doctor', '--config', 'hold'],
      ['audit', 'verify', ''],
      ['serve', '--config', 'a'],
    ];
    assert.deepEqual(await complete(asked, folder), [
      ['holdfast.yaml'],
      ['journal'],
      ['a', 'file.yaml'],
    ]);
  });

  it('offers a value behind =, which bash takes for a word of its own', async () => {
    assert.deepEqual(
      await complete([
        ['doctor', '--output', '=', 'j'],
        ['doctor', '--output', '='],
        ['doctor', '--output=j'],
      ]),
      [['json'], ['table', 'wide', 'json', 'yaml'], ['json']],
    );
  });

  it('is registered for the name of the program', async () => {
    const { stdout } = await run('bash', ['-c', `${scriptOf('bash')}\ncomplete -p holdfast`]);
    assert.equal(stdout, 'complete -F _holdfast holdfast\n');
  });
});

describe('the plugin of kubectl', () => {
  for (const [words, answer] of [
    [['doctor', '-o', ''], 'table\nwide\njson\nyaml\n:4\n'],
    [['audit', 've'], 'verify\n:4\n'],
    [['doctor', '--config', ''], ':0\n'],
    [['audit', 'verify', ''], ':16\n'],
    [['audit', 'query', '--user', ''], ':4\n'],
  ] as const) {
    it(`is asked for ${words.join(' ')}`, async (t) => {
      const folder = await makeTemporaryFolder(t, {});
      const program = join(folder, 'kubectl_complete-holdfast');
      await writeFile(program, scriptOf('kubectl'), { mode: 0o755 });
      assert.equal((await run(program, [...words])).stdout, answer);
    });
  }
});

describe('fish', { skip: isMissing('fish') }, () => {
  it('offers commands, options and the values of options', async () => {
    const questions = [...QUESTIONS, ...CHOICES];
    const asked = questions.map(
      ([words]) =>
        `echo (complete -C 'holdfast ${words.join(' ')}' | string replace -r '\\t.*' '')`,
    );
    const { stdout } = await run('fish', [
      '--no-config',
      '-c',
      [scriptOf('fish'), ...asked].join('\n'),
    ]);
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ').filter((word) => word !== ''));
    assert.deepEqual(
      answers.map((words) => words.toSorted()),
      questions.map(([, offered]) => offered.toSorted()),
    );
  });
});

describe('zsh', { skip: isMissing('zsh') }, () => {
  for (const [typed, line] of [
    ['docto', 'doctor '],
    ['audit ver', 'audit verify '],
    ['help audit ver', 'help audit verify '],
    ['doctor --no-', 'doctor --no-color '],
    ['doctor --context prod -o j', 'doctor --context prod -o json '],
    ['doctor --output=j', 'doctor --output=json '],
    ['report --user audit --namesp', 'report --user audit --namespace '],
    ['completion pow', 'completion powershell '],
    ['audit query --decision unj', 'audit query --decision unjudged '],
    ['doctor --config ho', 'doctor --config holdfast.yaml '],
    ['audit verify jo', 'audit verify journal/'],
  ] as const) {
    it(`completes "${typed}"`, async (t) => {
      const folder = await makeTemporaryFolder(t, {
        'holdfast.yaml': '',
        'journal/a': '',
        'script.zsh': scriptOf('zsh'),
      });
      await typeIntoZsh(folder, `holdfast ${typed}`);
      assert.equal(await readFile(join(folder, 'line'), 'utf8'), `holdfast ${line}\n`);
    });
  }
});

/** Types into an interactive zsh on a terminal of its own, presses Tab, and has the line written to a file. */
async function typeIntoZsh(folder: string, typed: string): Promise<void> {
  const script = String.raw`
zmodload zsh/zpty
until_there() {
  local try ignored
  for try in {1..3000}; do
    [[ -s $1 ]] && return
    zpty -r -t shell ignored
    sleep 0.01
  done
}
zpty shell zsh -f -i
zpty -w shell 'autoload -U compinit; compinit -u -D; source ./script.zsh'
zpty -w shell 'save() { print -r -- "$BUFFER" > line }; zle -N save; bindkey "^X" save; print -r yes > ready'
until_there ready
zpty -w -n shell "$1"$'\t\x18'
until_there line
zpty -d shell`;
  await run('zsh', ['-f', '-c', script, 'zsh', typed], { cwd: folder });
}

function isMissing(shell: string): string | false {
  return spawnSync(shell, ['--version']).error === undefined ? false : `there is no ${shell}`;
}
