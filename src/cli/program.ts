/**
 * argv in, exit status out: the only importer of commander.
 *
 * How to add a command: write `src/cli/<name>.ts` that exports a `CommandDefinition` (`command.ts`), or a
 * function that creates one from its dependencies, and add it to the list in `commands.ts`. The file must be
 * cheap to import, because every command line loads all definitions: import heavy parts (fastify, the engine,
 * the Kubernetes client) inside `run` with `await import(…)`.
 *
 *     export const greetCommand: CommandDefinition = {
 *       name: 'greet',                       // or 'config greet' for a member of a group
 *       summary: 'Say hello',
 *       arguments: [{ name: 'NAME', summary: 'whom to greet', required: true }],
 *       options: [{ name: 'language', value: 'CODE', summary: 'in which language', default: 'en' }],
 *       run: async (context, input) => {
 *         context.print(`Hello ${input.arguments[0]} (${input.text('language')})`);
 *         return 'ok';                       // a key of EXIT_CODES
 *       },
 *     };
 *
 * Expected failures: throw a `HoldfastError`, or print the problem with `context.report` and return its status.
 */
import { Argument, Command, CommanderError, Option } from 'commander';
import { describeFileError, findFailedFile } from '../base/describe-file-error.ts';
import { describeError, HoldfastError, type ErrorRow } from '../errors.ts';
import type {
  ArgumentDefinition,
  CommandContext,
  CommandDefinition,
  CommandInput,
  OptionDefinition,
} from './command.ts';
import { EXIT_CODES, type ExitStatus } from './exit-codes.ts';
import { formatProblem } from './format-problem.ts';
import { findCommandPath, formatUsageError } from './format-usage-error.ts';
import { helpOption, noColorOption } from './global-options.ts';

/** Narrow enough for half a screen, and for a page of documentation. */
export const HELP_COLUMNS = 100;

export interface ProgramOptions {
  readonly commands: readonly CommandDefinition[];
  /** The summary of each command group: `config`. */
  readonly groups: Readonly<Record<string, string>>;
  readonly version: string;
  readonly context: CommandContext;
}

/** Finds the command, runs it, and returns its result. Never rejects. */
export async function runProgram(
  argv: readonly string[],
  options: ProgramOptions,
): Promise<ExitStatus> {
  const outcome: { status: ExitStatus } = { status: 'ok' };
  const program = buildProgram(options, outcome);
  try {
    await program.parseAsync(planHelp(argv, options.commands), { from: 'user' });
    return outcome.status;
  } catch (error) {
    return reportFailure(error, argv, options);
  }
}

function buildProgram(options: ProgramOptions, outcome: { status: ExitStatus }): Command {
  const program = configure(new Command('holdfast'), options.context)
    .usage('COMMAND [OPTIONS]')
    .description('Makes Git the only way to change a Kubernetes cluster')
    .addOption(buildOption(noColorOption))
    .version(`holdfast ${options.version}`, '--version', 'print the version')
    .helpCommand('help [COMMAND...]', 'print the help of a command')
    .addHelpText('after', `\n${exitCodesHelp()}\n\nRun holdfast COMMAND --help for one command.`);
  const groups = new Map<string, Command>();
  for (const definition of options.commands) {
    const [first = '', second] = definition.name.split(' ');
    if (second === undefined) {
      program.addCommand(buildCommand(first, definition, { ...options, outcome }));
      continue;
    }
    let group = groups.get(first);
    if (group === undefined) {
      group = configure(new Command(first), options.context)
        .usage('COMMAND [OPTIONS]')
        .summary(options.groups[first] ?? '')
        .description(options.groups[first] ?? '');
      groups.set(first, group);
      program.addCommand(group);
    }
    group.addCommand(buildCommand(second, definition, { ...options, outcome }));
  }
  return program;
}

function configure(command: Command, context: CommandContext): Command {
  return command
    .exitOverride()
    .helpOption(`-${String(helpOption.short)}, --${helpOption.name}`, helpOption.summary)
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .configureOutput({
      getOutHelpWidth: () => HELP_COLUMNS,
      getErrHelpWidth: () => HELP_COLUMNS,
      writeOut: (text) => context.print(text.trimEnd()),
      writeErr: (text) => context.report(text.trimEnd()),
      // Reported once, by reportFailure, in the format of every other error.
      outputError: () => undefined,
      getOutHasColors: () => context.color,
      getErrHasColors: () => context.color,
    });
}

interface BuildContext extends ProgramOptions {
  readonly outcome: { status: ExitStatus };
}

function buildCommand(
  name: string,
  definition: CommandDefinition,
  { context, outcome }: BuildContext,
): Command {
  const command = configure(new Command(name), context)
    .summary(definition.summary)
    .description(
      [definition.summary, definition.description]
        .filter((text) => text !== undefined)
        .map(joinLines)
        .join('\n\n'),
    )
    .allowExcessArguments(false);
  for (const argument of definition.arguments ?? []) command.addArgument(buildArgument(argument));
  for (const option of definition.options ?? []) command.addOption(buildOption(option));
  if (definition.examples !== undefined) command.addHelpText('after', examplesHelp(definition));
  return command.action(async () => {
    const given: Readonly<Record<string, unknown>> = command.optsWithGlobals();
    const isPlain = given[noColorOption.name] === false;
    const shown = isPlain ? { ...context, color: false } : context;
    outcome.status = await definition.run(shown, readInput(command));
  });
}

function buildArgument({
  name,
  summary,
  required,
  choices,
  variadic,
}: ArgumentDefinition): Argument {
  const shown = variadic === true ? `${name}...` : name;
  const argument = new Argument(required === true ? `<${shown}>` : `[${shown}]`, summary);
  return choices === undefined ? argument : argument.choices(choices);
}

/** The lines of the source have another width than those of a help. */
function joinLines(text: string): string {
  return text.replaceAll('\n', ' ');
}

function buildOption(definition: OptionDefinition): Option {
  const { name, short, summary, value, choices, repeatable } = definition;
  const flags = short === undefined ? `--${name}` : `-${short}, --${name}`;
  const option = new Option(`${flags}${value === undefined ? '' : ` <${value}>`}`, summary);
  // Keyed by the long name, as the definition declares it.
  option.attributeName = () => name;
  if (choices !== undefined) option.choices(choices);
  if (definition.default !== undefined) option.default(definition.default);
  if (repeatable === true) {
    // The parser below would replace the one that knows the choices.
    const check = option.parseArg;
    option.default([], 'none').argParser((text: string, before: unknown) => {
      check?.(text, text);
      return [...(Array.isArray(before) ? before : []).map(String), text];
    });
  }
  return option;
}

function readInput(command: Command): CommandInput {
  const values: Readonly<Record<string, unknown>> = command.opts();
  return {
    arguments: command.args,
    flag: (name) => values[name] === true,
    text: (name) => {
      const value = values[name];
      return typeof value === 'string' ? value : undefined;
    },
    texts: (name) => {
      const value = values[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
  };
}

// Without a command, the help is printed; `help audit query` is what `audit query --help` is. The help of what is no
// command would be that of the program, as if all were well: without --help, it is the fault that it is.
function planHelp(
  argv: readonly string[],
  commands: readonly CommandDefinition[],
): readonly string[] {
  if (argv.length === 0) return ['--help'];
  const isHelp = argv[0] === 'help';
  const given = isHelp ? [...argv.slice(1), '--help'] : argv;
  if (!given.some((word) => word === '--help' || word === '-h')) return given;
  const isWord = (word: string | undefined): boolean => word !== undefined && !word.startsWith('-');
  const path = findCommandPath(given, commands);
  const isGroup = path.length === 1 && !commands.some(({ name }) => name === path[0]);
  const isOpen = path.length === 0 || isGroup;
  return isOpen && isWord(given[path.length]) ? given.slice(0, path.length + 1) : given;
}

function exitCodesHelp(): string {
  const rows = Object.values(EXIT_CODES).map(
    ({ code, meaning }) => `  ${String(code).padStart(2)}  ${meaning}`,
  );
  return ['Exit codes:', ...rows].join('\n');
}

function examplesHelp({ examples = [] }: CommandDefinition): string {
  const lines = examples.flatMap(({ line, note }) => [
    `  # ${note}`,
    ...breakCommand(`  holdfast ${line}`),
  ]);
  return ['', 'Examples:', ...lines].join('\n');
}

/** At options, in such a way that a shell takes it for one command. */
function breakCommand(command: string): readonly string[] {
  if (command.length <= HELP_COLUMNS) return [command];
  return command.replaceAll(/ (?=--)/gu, ' \\\n    ').split('\n');
}

function reportFailure(
  error: unknown,
  argv: readonly string[],
  { context, commands }: ProgramOptions,
): ExitStatus {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 'ok';
    // Without a subcommand, a group has already printed its help.
    if (error.code !== 'commander.help') {
      context.report(formatUsageError(error.message, argv, commands));
    }
    return 'usage';
  }
  if (error instanceof HoldfastError) {
    const row = describeError(error.code);
    context.report(formatProblem(error.message, error.remedy ?? row.remedy));
    return statusOf(row);
  }
  const failedFile = findFailedFile(error);
  if (failedFile !== undefined) {
    const message = `"${failedFile}" cannot be used: ${describeFileError(error)}`;
    context.report(
      formatProblem(message, 'Check the path, and whether it may be read and written'),
    );
    return 'unavailable';
  }
  // A bug of ours: the report needs the stack.
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  context.report(
    formatProblem(`Internal fault: ${detail}`, describeError('internal_error').remedy),
  );
  return 'internal';
}

/** A row that is no reason to end a process has no exit code: on a command line, what it tells of is away. */
function statusOf({ caller, exitCode }: ErrorRow): ExitStatus {
  if (caller === 'fail-mode' || caller === 'retry' || caller === 'keep-last-good') {
    return 'unavailable';
  }
  const statuses: readonly ExitStatus[] = ['failed', 'usage', 'configuration', 'unavailable'];
  return statuses.find((status) => EXIT_CODES[status].code === exitCode) ?? 'internal';
}
