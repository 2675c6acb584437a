/** The command line of the test runner. */
import { STAGE_NAMES } from './stages.ts';
import type { StageName } from './stages.ts';

/** Which stages are wanted: a group of them, or the named ones. */
export type Selection = { readonly kind: 'checks' | 'default' | 'rest' | 'all' } | NamedSelection;

interface NamedSelection {
  readonly kind: 'named';
  readonly names: readonly StageName[];
}

export interface RunOptions {
  readonly selection: Selection;
  /** Parts of file names; empty: every file. */
  readonly filters: readonly string[];
  /** Whether records are sent to a real Loki too. */
  readonly withLoki: boolean;
}

export type ParsedOptions =
  | { readonly status: 'parsed'; readonly options: RunOptions }
  | { readonly status: 'refused'; readonly message: string };

const GROUPS: Readonly<Record<string, Selection>> = {
  '--check-only': { kind: 'checks' },
  '--all': { kind: 'all' },
  '--rest': { kind: 'rest' },
};

/** Reads options and file filters; what it does not know is refused, so that a typing error runs nothing. */
export function parseOptions(argv: readonly string[]): ParsedOptions {
  const filters: string[] = [];
  let selection: Selection | undefined;
  let withLoki = false;
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const names = /^--only(?:=(?<names>.*))?$/u.exec(argument);
    if (names !== null) {
      index += names.groups?.['names'] === undefined ? 1 : 0;
      const named = parseNames(names.groups?.['names'] ?? argv[index] ?? '');
      if (typeof named === 'string') return { status: 'refused', message: named };
      selection = named;
    } else if (argument === '--with-loki') withLoki = true;
    else if (argument.startsWith('-')) {
      selection = GROUPS[argument];
      if (selection === undefined) return refuse(argument);
    } else filters.push(argument);
  }
  // Whoever names a file wants it, whichever stage it belongs to.
  selection ??= { kind: filters.length === 0 ? 'default' : 'all' };
  return { status: 'parsed', options: { selection, filters, withLoki } };
}

function parseNames(text: string): NamedSelection | string {
  const names: StageName[] = [];
  for (const name of text.split(',')) {
    if (!isStageName(name)) {
      return `Stage must be one of ${STAGE_NAMES.join(', ')}: found "${name}"`;
    }
    names.push(name);
  }
  return { kind: 'named', names };
}

function refuse(argument: string): ParsedOptions {
  const known = ['--only STAGES', ...Object.keys(GROUPS), '--with-loki'].join(', ');
  return { status: 'refused', message: `Option must be one of ${known}: found "${argument}"` };
}

function isStageName(text: string): text is StageName {
  return STAGE_NAMES.some((name) => name === text);
}
