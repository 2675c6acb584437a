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
import { Command, CommanderError, Option } from 'commander';
import { describeFileError, findFailedFile } from '../base/describe-file-error.ts';
import { describeError, HoldfastError, type ErrorRow } from '../errors.ts';
import type {
  CommandContext,
  CommandDefinition,
  CommandInput,
  OptionDefinition,
} from './command.ts';
import { EXIT_CODES, type ExitStatus } from './exit-codes.ts';
import { formatProblem } from './format-problem.ts';

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
    await program.parseAsync(withDefaultHelp(argv), { from: 'user' });
    return outcome.status;
  } catch (error) {
    return reportFailure(error, options.context);
  }
}

function buildProgram(options: ProgramOptions, outcome: { status: ExitStatus }): Command {
  const program = configure(new Command('holdfast'), options.context)
    .usage('COMMAND [OPTIONS]')
    .description('Makes Git the only way to change a Kubernetes cluster')
    .version(`holdfast ${options.version}`, '--version', 'print the version')
    .helpCommand('help [COMMAND]', 'print the help of a command')
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
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .configureOutput({
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
        .join('\n\n'),
    )
    .allowExcessArguments(false);
  for (const { name: word, summary, required, variadic } of definition.arguments ?? []) {
    const shown = variadic === true ? `${word}...` : word;
    command.argument(required === true ? `<${shown}>` : `[${shown}]`, summary);
  }
  for (const option of definition.options ?? []) command.addOption(buildOption(option));
  if (definition.examples !== undefined) command.addHelpText('after', examplesHelp(definition));
  return command.action(async () => {
    outcome.status = await definition.run(context, readInput(command));
  });
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

// Without a command, the help is printed; `help audit query` is what `audit query --help` is.
function withDefaultHelp(argv: readonly string[]): readonly string[] {
  if (argv.length === 0) return ['--help'];
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
}

function exitCodesHelp(): string {
  const rows = Object.values(EXIT_CODES).map(
    ({ code, meaning }) => `  ${String(code).padStart(2)}  ${meaning}`,
  );
  return ['Exit codes:', ...rows].join('\n');
}

function examplesHelp({ examples = [] }: CommandDefinition): string {
  const lines = examples.flatMap(({ line, note }) => [`  # ${note}`, `  holdfast ${line}`]);
  return ['', 'Examples:', ...lines].join('\n');
}

function reportFailure(error: unknown, context: CommandContext): ExitStatus {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 'ok';
    // Without a subcommand, a group has already printed its help.
    if (error.code !== 'commander.help') context.report(formatUsageError(error));
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

/** `error: unknown option '--jsn'\n(Did you mean --json?)` in the form of every other error. */
function formatUsageError({ message }: CommanderError): string {
  const [first = '', ...rest] = message.replace(/^error: /u, '').split('\n');
  const text = `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
  const hint = rest.join(' ').replace(/^\((?<hint>.*)\)$/u, '$<hint>');
  return formatProblem(text, hint === '' ? 'See holdfast --help' : hint);
}

/** A row that is no reason to end a process has no exit code: on a command line, what it tells of is away. */
function statusOf({ caller, exitCode }: ErrorRow): ExitStatus {
  if (caller === 'fail-mode' || caller === 'retry' || caller === 'keep-last-good') {
    return 'unavailable';
  }
  const statuses: readonly ExitStatus[] = ['failed', 'usage', 'configuration', 'unavailable'];
  return statuses.find((status) => EXIT_CODES[status].code === exitCode) ?? 'internal';
}
