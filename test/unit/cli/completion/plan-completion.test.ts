import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandDefinition } from '../../../../src/cli/command.ts';
import { planCompletion } from '../../../../src/cli/completion/plan-completion.ts';

const run: CommandDefinition['run'] = () => Promise.resolve('ok');

test('each command has its options, what they take, and its argument', () => {
  const commands: readonly CommandDefinition[] = [
    {
      name: 'draw',
      summary: 'Draw',
      arguments: [{ name: 'SHAPE', summary: 'which', choices: ['line', 'arc'] }],
      options: [
        { name: 'loud', summary: 'a flag' },
        { name: 'color', short: 'c', value: 'COLOR', summary: 'a text' },
        { name: 'in', value: 'FILE', summary: 'a file' },
        { name: 'out', value: 'PATH', summary: 'a path' },
        { name: 'at', value: 'DIR', summary: 'a folder' },
        { name: 'form', value: 'FORM', summary: 'a choice', choices: ['a', 'b'] },
      ],
      run,
    },
    { name: 'group one', summary: 'First', arguments: [{ name: 'FOLDER', summary: 'w' }], run },
    { name: 'group two', summary: 'Second', arguments: [{ name: 'FILE', summary: 'w' }], run },
    { name: 'grouped', summary: 'Third', arguments: [{ name: 'NAME', summary: 'w' }], run },
  ];
  const help = { names: ['-h', '--help'], summary: 'help', value: { kind: 'none' } };

  const planned = planCompletion({
    commands,
    groups: { group: 'Several' },
    globalOptions: [{ name: 'help', short: 'h', summary: 'help' }],
  });

  assert.deepEqual(planned, [
    {
      path: '',
      commands: [
        { word: 'draw', summary: 'Draw' },
        { word: 'group', summary: 'Several' },
        { word: 'grouped', summary: 'Third' },
        { word: 'help', summary: 'print the help of a command' },
      ],
      options: [help],
      argument: { kind: 'none' },
    },
    {
      path: 'group',
      commands: [
        { word: 'one', summary: 'First' },
        { word: 'two', summary: 'Second' },
      ],
      options: [help],
      argument: { kind: 'none' },
    },
    {
      path: 'draw',
      commands: [],
      options: [
        { names: ['--loud'], summary: 'a flag', value: { kind: 'none' } },
        { names: ['-c', '--color'], summary: 'a text', value: { kind: 'text' } },
        { names: ['--in'], summary: 'a file', value: { kind: 'file' } },
        { names: ['--out'], summary: 'a path', value: { kind: 'file' } },
        { names: ['--at'], summary: 'a folder', value: { kind: 'folder' } },
        { names: ['--form'], summary: 'a choice', value: { kind: 'words', words: ['a', 'b'] } },
        help,
      ],
      argument: { kind: 'words', words: ['line', 'arc'] },
    },
    { path: 'group one', commands: [], options: [help], argument: { kind: 'folder' } },
    { path: 'group two', commands: [], options: [help], argument: { kind: 'file' } },
    { path: 'grouped', commands: [], options: [help], argument: { kind: 'text' } },
  ]);
});
