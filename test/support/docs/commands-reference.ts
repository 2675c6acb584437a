/** docs/reference/commands.md: every command with its arguments, options and examples. */
import { COMMAND_GROUPS, COMMANDS } from '../../../src/cli/commands.ts';
import type { CommandDefinition, OptionDefinition } from '../../../src/cli/command.ts';
import { formatCode, formatFence, formatTable } from './markdown.ts';

const INTRODUCTION = `In a clone, \`npm run -s holdfast -- ARGS\` runs them. Every command and group has \`--help\`; \`holdfast --version\` prints the version.
[Exit codes](exit-codes.md) are the same for all commands.

* \`-o, --output\` is the form of an answer: \`table\` for people, \`wide\` with more columns and nothing shortened, \`json\` and \`yaml\` as one document with every
  fact, \`jsonl\` one object a line as soon as it is known, \`markdown\` for a ticket, \`junit\` a report of tests for a build server. A command has those that its table lists. Files and folders that are
  written are named by \`--out\`.
* \`--kubeconfig\`, \`--context\` and \`-n, --namespace\` mean the same in every command that asks a cluster. Without them it is the one of
  \`kubernetes.kubeconfigFile\`, else of the files of \`$KUBECONFIG\`, else of \`~/.kube/config\`, else the one that the command runs in.
* Answers go to standard output; notes and problems to standard error, as progress does from the first second on, if that is a terminal. Colours are printed on
  a terminal only, never with \`NO_COLOR\` or \`--no-color\`; \`FORCE_COLOR\` prints them elsewhere.
* [\`holdfast completion\`](#holdfast-completion) prints what a shell needs to complete commands, options and values, and kubectl to complete \`kubectl holdfast\`.`;

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
  const rows = words.map(({ name, summary, choices }) => [
    formatCode(name),
    [summary, ...(choices === undefined ? [] : [formatChoices(choices)])].join('; '),
  ]);
  return formatTable(['argument', 'meaning'], rows);
}

function formatChoices(choices: readonly string[]): string {
  return `one of ${choices.map(formatCode).join(', ')}`;
}

function formatOption(option: OptionDefinition): readonly string[] {
  const { name, short, value, summary, choices, repeatable } = option;
  const flags = short === undefined ? `--${name}` : `-${short}, --${name}`;
  const notes = [
    choices === undefined ? '' : formatChoices(choices),
    repeatable === true && !/repeatable/u.test(summary) ? 'repeatable' : '',
  ].filter((note) => note !== '');
  return [
    formatCode(value === undefined ? flags : `${flags} ${value}`),
    option.default === undefined || option.default === '' ? '' : formatCode(option.default),
    [summary, ...notes].join('; '),
  ];
}
