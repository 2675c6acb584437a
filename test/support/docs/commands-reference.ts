/** docs/reference/commands.md: every command with its arguments, options and examples. */
import { COMMAND_GROUPS, COMMANDS } from '../../../src/cli/commands.ts';
import type { CommandDefinition, OptionDefinition } from '../../../src/cli/command.ts';
import { formatCode, formatFence, formatTable } from './markdown.ts';

const INTRODUCTION = `In a clone, \`npm run -s holdfast -- ARGS\` runs them. Every command and group has \`--help\`; \`holdfast --version\` prints the version.
[Exit codes](exit-codes.md) are the same for all commands.`;

/** The page without its title: commands of one word first, then the groups. */
export function formatCommandsPage(): string {
  const single = COMMANDS.filter(({ name }) => !name.includes(' '));
  const groups = Object.keys(COMMAND_GROUPS).toSorted();
  const grouped = groups.flatMap((group) =>
    COMMANDS.filter(({ name }) => name.startsWith(`${group} `)),
  );
  const commands = [...single, ...grouped];
  return [INTRODUCTION, formatIndex(commands), ...commands.map(formatCommand)].join('\n\n');
}

function formatIndex(commands: readonly CommandDefinition[]): string {
  const rows = commands.map(({ name, summary }) => [
    `[\`holdfast ${name}\`](#holdfast-${name.replaceAll(' ', '-')})`,
    summary,
  ]);
  return formatTable(['command', 'what it does'], rows);
}

function formatCommand(command: CommandDefinition): string {
  const { name, summary, description, options = [], examples = [] } = command;
  return [
    `## holdfast ${name}`,
    `${summary}.`,
    description ?? '',
    formatFence('text', formatUsage(command)),
    formatArguments(command),
    options.length === 0
      ? ''
      : formatTable(['option', 'default', 'meaning'], options.map(formatOption)),
    examples.length === 0
      ? ''
      : formatFence(
          'sh',
          examples.map(({ line, note }) => `# ${note}\nholdfast ${line}`).join('\n'),
        ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function formatUsage({ name, arguments: words = [], options = [] }: CommandDefinition): string {
  const shown = words.map(({ name: word, required, variadic }) => {
    const repeated = variadic === true ? `${word}...` : word;
    return required === true ? repeated : `[${repeated}]`;
  });
  const parts = ['holdfast', name, ...(options.length > 0 ? ['[OPTIONS]'] : []), ...shown];
  return parts.join(' ');
}

function formatArguments({ arguments: words = [] }: CommandDefinition): string {
  if (words.length === 0) return '';
  const rows = words.map(({ name, summary }) => [formatCode(name), summary]);
  return formatTable(['argument', 'meaning'], rows);
}

function formatOption(option: OptionDefinition): readonly string[] {
  const { name, short, value, summary, choices, repeatable } = option;
  const flags = short === undefined ? `--${name}` : `-${short}, --${name}`;
  const notes = [
    choices === undefined ? '' : `one of ${choices.map(formatCode).join(', ')}`,
    repeatable === true && !/repeatable/u.test(summary) ? 'repeatable' : '',
  ].filter((note) => note !== '');
  return [
    formatCode(value === undefined ? flags : `${flags} ${value}`),
    option.default === undefined || option.default === '' ? '' : formatCode(option.default),
    [summary, ...notes].join('; '),
  ];
}
