/** The interface of a command and its environment. `program.ts` explains how to add one. */
import type { BoundedRead } from '../base/read-bounded.ts';
import type { ExitStatus } from './exit-codes.ts';

/** A positional argument. */
export interface ArgumentDefinition {
  /** As the help shows it: upper case, for example `FILE`. */
  readonly name: string;
  readonly summary: string;
  readonly required?: boolean;
  readonly choices?: readonly string[];
  /** Accepts all remaining words; only for the last argument. */
  readonly variadic?: boolean;
}

/** An option: a flag, or with `value` one that takes a string. */
export interface OptionDefinition {
  /** The long name without dashes: `cluster-state`. */
  readonly name: string;
  /** One letter, for frequent options: `f` for `-f`. */
  readonly short?: string;
  readonly summary: string;
  /** The name of the value in the help: `FILE`. Absent for a flag. */
  readonly value?: string;
  readonly default?: string;
  readonly choices?: readonly string[];
  /** The option may be given several times; read it with `texts`. */
  readonly repeatable?: boolean;
}

export interface CommandExample {
  readonly line: string;
  readonly note: string;
}

/** One command of `holdfast`. */
export interface CommandDefinition {
  /** One word, or two for a member of a group: `serve`, `config check`. */
  readonly name: string;
  /** One line, no final period. */
  readonly summary: string;
  /** More lines for the command's own help. */
  readonly description?: string;
  readonly arguments?: readonly ArgumentDefinition[];
  readonly options?: readonly OptionDefinition[];
  readonly examples?: readonly CommandExample[];
  /** A `HoldfastError` thrown here is printed with its remedy, and ends the process with its row's exit code. */
  readonly run: (context: CommandContext, input: CommandInput) => Promise<ExitStatus>;
}

/** The command line, checked against the definition. */
export interface CommandInput {
  readonly arguments: readonly string[];
  readonly flag: (name: string) => boolean;
  /** The value or its default; `undefined` if there is neither. */
  readonly text: (name: string) => string | undefined;
  readonly texts: (name: string) => readonly string[];
}

/** The environment of a command. Commands never use `process` or `console`. */
export interface CommandContext {
  /** One line, or several, to standard output: the result. */
  readonly print: (text: string) => void;
  /** One line, or several, to standard error: progress, problems. */
  readonly report: (text: string) => void;
  /** All of standard input, up to a limit. */
  readonly readStdin: () => Promise<BoundedRead>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Whether `print` may use colours: a terminal, and neither NO_COLOR nor --no-color. */
  readonly color: boolean;
  /** Whether somebody watches standard error: progress is for people, and would be noise in a log. */
  readonly showsProgress: boolean;
  /**
   * Aborted by SIGINT or SIGTERM. The first call installs the handler, so that commands without it
   * end at once on Ctrl-C; a second signal always ends the process.
   */
  readonly stopSignal: () => AbortSignal;
}
