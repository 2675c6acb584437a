/** What a shell can complete after each command: computed from the command table, so that it never differs from it. */
import type { ArgumentDefinition, CommandDefinition, OptionDefinition } from '../command.ts';

/** What follows an option, or stands alone. */
export type Completed =
  /** A flag, or the name of something that only the user knows. */
  | { readonly kind: 'none' }
  | { readonly kind: 'text' }
  | { readonly kind: 'file' }
  | { readonly kind: 'folder' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

export interface CompletedWord {
  readonly word: string;
  readonly summary: string;
}

export interface CompletedOption {
  /** `--output`, and `-o` where there is one. */
  readonly names: readonly string[];
  readonly summary: string;
  readonly value: Completed;
}

/** One command or group. */
export interface CompletedCommand {
  /** Words with spaces: `audit query`; of the program itself empty. */
  readonly path: string;
  readonly commands: readonly CompletedWord[];
  readonly options: readonly CompletedOption[];
  /** What stands where no option does. */
  readonly argument: Completed;
}

export interface CommandTable {
  readonly commands: readonly CommandDefinition[];
  readonly groups: Readonly<Record<string, string>>;
  /** Options that stand behind every command. */
  readonly globalOptions: readonly OptionDefinition[];
}

const FILES: ReadonlySet<string> = new Set(['FILE', 'PATH']);
const FOLDERS: ReadonlySet<string> = new Set(['DIR', 'FOLDER', 'REPOSITORY', 'SOURCES']);
const HELP = { word: 'help', summary: 'print the help of a command' };
const NONE: Completed = { kind: 'none' };

/** The program, its groups, and its commands, in the order of the help. */
export function planCompletion({
  commands,
  groups,
  globalOptions,
}: CommandTable): readonly CompletedCommand[] {
  const everywhere = globalOptions.map(planOption);
  const roots = new Map(
    commands.map(({ name, summary }) => {
      const [first = ''] = name.split(' ');
      return [first, { word: first, summary: groups[first] ?? summary }];
    }),
  );
  return [
    { path: '', commands: [...roots.values(), HELP], options: everywhere, argument: NONE },
    ...Object.keys(groups).map((group) => ({
      path: group,
      commands: membersOf(group, commands),
      options: everywhere,
      argument: NONE,
    })),
    ...commands.map(({ name, options = [], arguments: words = [] }) => ({
      path: name,
      commands: [],
      options: [...options.map(planOption), ...everywhere],
      argument: planArgument(words[0]),
    })),
  ];
}

function membersOf(group: string, commands: readonly CommandDefinition[]): CompletedWord[] {
  return commands
    .filter(({ name }) => name.startsWith(`${group} `))
    .map(({ name, summary }) => ({ word: name.slice(group.length + 1), summary }));
}

function planOption({ name, short, summary, value, choices }: OptionDefinition): CompletedOption {
  const names = short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
  return { names, summary, value: value === undefined ? NONE : planValue(value, choices) };
}

function planArgument(argument: ArgumentDefinition | undefined): Completed {
  return argument === undefined ? NONE : planValue(argument.name, argument.choices);
}

function planValue(name: string, choices: readonly string[] | undefined): Completed {
  if (choices !== undefined) return { kind: 'words', words: choices };
  if (FILES.has(name)) return { kind: 'file' };
  return FOLDERS.has(name) ? { kind: 'folder' } : { kind: 'text' };
}
