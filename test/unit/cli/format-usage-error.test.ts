import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandDefinition } from '../../../src/cli/command.ts';
import { findCommandPath, formatUsageError } from '../../../src/cli/format-usage-error.ts';
import { outputOption } from '../../../src/cli/output-option.ts';

const run: CommandDefinition['run'] = () => Promise.resolve('ok');
const COMMANDS: readonly CommandDefinition[] = [
  { name: 'plain', summary: 'Without options', run },
  {
    name: 'group build',
    summary: 'With a file',
    options: [outputOption(['table', 'json']), { name: 'out', value: 'DIR', summary: 'where' }],
    run,
  },
  { name: 'show', summary: 'Without a file', options: [outputOption(['table', 'json'])], run },
];

test('the path of a command is its words, as far as they name one', () => {
  assert.deepEqual(
    [[], ['plain', 'x'], ['group', 'build', 'x'], ['group', 'x'], ['x', 'build'], ['--x']].map(
      (argv) => findCommandPath(argv, COMMANDS),
    ),
    [[], ['plain'], ['group', 'build'], ['group'], [], []],
  );
});

for (const [message, argv, text] of [
  ['error: unknown option', ['x'], 'Unknown option\nSee holdfast --help'],
  ['error: odd', ['group', 'build'], 'Odd\nSee holdfast group build --help'],
  ['', ['plain'], '\nSee holdfast plain --help'],
  [
    "error: unknown option '--outt'\n(Did you mean --out?)",
    ['show'],
    "Unknown option '--outt'\nDid you mean --out?",
  ],
  [
    "error: unknown option '--json'",
    ['show', '--json'],
    "Unknown option '--json'\nDid you mean -o json?",
  ],
  [
    "error: unknown option '--json'",
    ['plain', '--json'],
    "Unknown option '--json'\nSee holdfast plain --help",
  ],
  [
    "error: option '-o, --output <FORM>' argument 'x' is invalid. Allowed choices are table, json.",
    ['group', 'build'],
    "Option '-o, --output <FORM>' argument 'x' is invalid. Allowed choices are table, json.\nA file or folder is named with --out",
  ],
  [
    "error: option '-o, --output <FORM>' argument 'x' is invalid.",
    ['show'],
    "Option '-o, --output <FORM>' argument 'x' is invalid.\nSee holdfast show --help",
  ],
] as const) {
  test(`"${message.split('\n')[0] ?? ''}" of ${argv.join(' ')} has the remedy of its command`, () => {
    assert.equal(formatUsageError(message, argv, COMMANDS), `holdfast: ${text}`);
  });
}
