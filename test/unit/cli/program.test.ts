import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandDefinition } from '../../../src/cli/command.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { recordContext } from '../../support/command-context.ts';

const heard: string[] = [];

const greet: CommandDefinition = {
  name: 'greet',
  summary: 'Say hello',
  description: 'Politely.',
  arguments: [{ name: 'NAME', summary: 'whom to greet', required: true, variadic: true }],
  options: [
    { name: 'in-language', value: 'CODE', summary: 'how', default: 'en', choices: ['en', 'de'] },
    { name: 'to', value: 'PLACE', summary: 'where', repeatable: true },
    {
      name: 'tone',
      value: 'TONE',
      summary: 'in which tones',
      choices: ['low', 'high'],
      repeatable: true,
    },
    { name: 'loud', summary: 'shout' },
  ],
  examples: [{ line: 'greet Ada', note: 'the simplest' }],
  run: (context, input) => {
    heard.push(
      JSON.stringify([
        input.arguments,
        input.text('in-language'),
        input.texts('to'),
        input.texts('tone'),
        input.flag('loud'),
        input.text('loud'),
        input.texts('in-language'),
      ]),
    );
    context.print('hello');
    return Promise.resolve('ok');
  },
};

const commands: readonly CommandDefinition[] = [
  greet,
  { name: 'group one', summary: 'The first', run: () => Promise.resolve('failed') },
  {
    name: 'group two',
    summary: 'The second',
    arguments: [{ name: 'FILE', summary: 'which' }],
    run: () => Promise.resolve('ok'),
  },
  {
    name: 'missing',
    summary: 'Fails as expected',
    run: () => Promise.reject(new HoldfastError('opa_unavailable', 'There is no OPA')),
  },
  {
    name: 'assertion',
    summary: 'Fails by our own fault',
    run: () => Promise.reject(new HoldfastError('internal_error', 'That cannot be')),
  },
  { name: 'crash', summary: 'Crashes', run: () => Promise.reject(new TypeError('x is no y')) },
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- libraries reject with texts
  { name: 'odd', summary: 'Rejects oddly', run: () => Promise.reject('a text') },
];

async function run(...argv: string[]) {
  const world = recordContext();
  const status = await runProgram(argv, {
    commands,
    groups: { group: 'Several commands' },
    version: '1.2.3',
    context: world.context,
  });
  return { status, printed: world.printed(), reported: world.reported() };
}

test('a command reads its arguments and options', async () => {
  heard.length = 0;

  const { status, printed } = await run(
    'greet',
    'Ada',
    'Bob',
    '--to',
    'a',
    '--to=b',
    '--tone',
    'low',
    '--loud',
  );

  assert.deepEqual({ status, printed }, { status: 'ok', printed: 'hello' });
  assert.deepEqual(heard, ['[["Ada","Bob"],"en",["a","b"],["low"],true,null,[]]']);
});

test('an option that was not given has its default', async () => {
  heard.length = 0;

  await run('greet', 'Ada', '--in-language', 'de');

  assert.deepEqual(heard, ['[["Ada"],"de",[],[],false,null,[]]']);
});

test('what a command comes to is what the program comes to', async () => {
  assert.equal((await run('group', 'one')).status, 'failed');
  assert.equal((await run('group', 'two')).status, 'ok');
});

for (const [argv, reported] of [
  [['gret'], "holdfast: Unknown command 'gret'\nDid you mean greet?"],
  [['zzzzz'], "holdfast: Unknown command 'zzzzz'\nSee holdfast --help"],
  [['group', 'tow'], "holdfast: Unknown command 'tow'\nDid you mean two?"],
  [['greet', 'a', '--lod'], "holdfast: Unknown option '--lod'\nDid you mean --loud?"],
  [['greet'], "holdfast: Missing required argument 'NAME'\nSee holdfast greet --help"],
  [
    ['greet', 'a', '--to'],
    "holdfast: Option '--to <PLACE>' argument missing\nSee holdfast greet --help",
  ],
  [
    ['greet', 'a', '--in-language', 'fr'],
    "holdfast: Option '--in-language <CODE>' argument 'fr' is invalid. Allowed choices are en, de.\nSee holdfast greet --help",
  ],
  [
    ['greet', 'a', '--tone', 'low', '--tone', 'odd'],
    "holdfast: Option '--tone <TONE>' argument 'odd' is invalid. Allowed choices are low, high.\nSee holdfast greet --help",
  ],
  [
    ['group', 'two', 'a', 'b'],
    "holdfast: Too many arguments for 'two'. Expected 1 argument but got 2.\nSee holdfast group two --help",
  ],
] as const) {
  test(`holdfast ${argv.join(' ')} is a usage error with a remedy`, async () => {
    assert.deepEqual(await run(...argv), { status: 'usage', printed: '', reported });
  });
}

test('an expected failure is its message and remedy, with no stack trace', async () => {
  const { status, reported } = await run('missing');

  assert.equal(status, 'unavailable');
  assert.equal(
    reported,
    'holdfast: There is no OPA\nPut opa 1.12 or later on PATH, or install Go; a built bundle (policies.bundle) needs neither',
  );
});

test('a fault of ours says so, with what a report needs', async () => {
  const crash = await run('crash');

  assert.equal(crash.status, 'internal');
  assert.match(crash.reported, /^holdfast: Internal fault: TypeError: x is no y\n {4}at /u);
  assert.equal((await run('assertion')).status, 'internal');
  assert.match((await run('odd')).reported, /^holdfast: Internal fault: a text\n/u);
});

test('help and version are printed, and are no errors', async () => {
  const help = await run('--help');
  const version = await run('--version');

  assert.equal(help.status, 'ok');
  assert.match(help.printed, /^Usage: holdfast COMMAND \[OPTIONS\]\n/u);
  assert.match(help.printed, /\n {2}group +Several commands\n/u);
  assert.match(help.printed, /\nExit codes:\n +0 {2}Success/u);
  assert.deepEqual(version, { status: 'ok', printed: 'holdfast 1.2.3', reported: '' });
});

test('without a command there is help', async () => {
  assert.deepEqual(await run(), await run('--help'));
});

test('a group without its command explains itself, as a usage error', async () => {
  const { status, printed, reported } = await run('group');

  assert.deepEqual({ status, printed }, { status: 'usage', printed: '' });
  assert.match(reported, /one +The first/u);
});

test('the help of a command has its options with defaults, and its examples', async () => {
  const { status, printed } = await run('greet', '--help');

  assert.equal(status, 'ok');
  assert.equal(
    printed,
    `Usage: holdfast greet [options] <NAME...>

Say hello

Politely.

Arguments:
  NAME                  whom to greet

Options:
  --in-language <CODE>  how (choices: "en", "de", default: "en")
  --to <PLACE>          where (default: none)
  --tone <TONE>         in which tones (choices: "low", "high", default: none)
  --loud                shout
  -h, --help            print this help

Examples:
  # the simplest
  holdfast greet Ada`,
  );
});

test('help before a command is --help after it', async () => {
  const helped = await run('help', 'group', 'two');
  const asked = await run('group', 'two', '--help');

  assert.equal(helped.printed, asked.printed);
  assert.equal(helped.status, 'ok');
});

for (const argv of [
  ['nope', '--help'],
  ['help', 'nope'],
  ['help', 'group', 'tow'],
  ['group', 'tow', '-h'],
]) {
  test(`the help of what is no command is a usage error: ${argv.join(' ')}`, async () => {
    const { status, printed, reported } = await run(...argv);

    assert.deepEqual([status, printed], ['usage', '']);
    assert.match(reported, /^holdfast: Unknown command '(?:nope|tow)'\n/u);
  });
}

for (const argv of [
  ['help'],
  ['help', 'group'],
  ['group', '-h'],
  ['help', 'group', 'one'],
  ['help', 'greet', 'Ada'],
]) {
  test(`holdfast ${argv.join(' ')} is a help`, async () => {
    const { status, printed } = await run(...argv);

    assert.equal(status, 'ok');
    assert.match(printed, /^Usage: holdfast /u);
  });
}

test('--no-color counts before and behind a command, and colours are otherwise those of the terminal', async () => {
  const seen: boolean[] = [];
  const paint: CommandDefinition = {
    name: 'paint',
    summary: 'Paint',
    run: ({ color }) => {
      seen.push(color);
      return Promise.resolve('ok');
    },
  };
  const context = { ...recordContext().context, color: true };
  for (const argv of [['paint'], ['paint', '--no-color'], ['--no-color', 'paint']]) {
    await runProgram(argv, { commands: [paint], groups: {}, version: '0', context });
  }

  assert.deepEqual(seen, [true, false, false]);
});

test('a long example is broken at its options, as a shell reads it', async () => {
  const long: CommandDefinition = {
    name: 'long',
    summary: 'Long',
    examples: [{ line: `long --first ${'a'.repeat(60)} --second ${'b'.repeat(40)}`, note: 'so' }],
    run: () => Promise.resolve('ok'),
  };
  const { context, printed } = recordContext();
  await runProgram(['help', 'long'], { commands: [long], groups: {}, version: '0', context });

  assert.ok(
    printed().endsWith(
      `  # so\n  holdfast long \\\n    --first ${'a'.repeat(60)} \\\n    --second ${'b'.repeat(40)}`,
    ),
    printed(),
  );
});
