/** What is wrong with a command line, and what was probably meant. */
import type { CommandDefinition } from './command.ts';
import { formatProblem } from './format-problem.ts';

/** The words that name a command or a group, as far as there is one: `audit`, `query`. */
export function findCommandPath(
  argv: readonly string[],
  commands: readonly CommandDefinition[],
): readonly string[] {
  const [first = '', second = ''] = argv;
  if (commands.some(({ name }) => name === `${first} ${second}`)) return [first, second];
  return commands.some(({ name }) => name.split(' ')[0] === first) ? [first] : [];
}

/** Options that were renamed, for scripts that still use them. */
const RENAMED: Readonly<Record<string, string>> = { '--json': '-o json', '--format': '-o' };

/** `error: unknown option '--outpt'\n(Did you mean --output?)`, as commander says it, in the form of every other error. */
export function formatUsageError(
  message: string,
  argv: readonly string[],
  commands: readonly CommandDefinition[],
): string {
  const [first = '', ...rest] = message.replace(/^error: /u, '').split('\n');
  const text = `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
  const path = findCommandPath(argv, commands).join(' ');
  const meant = rest.join(' ').replace(/^\((?<meant>.*)\)$/u, '$<meant>');
  const definition = commands.find(({ name }) => name === path);
  const help = `See holdfast ${path === '' ? '' : `${path} `}--help`;
  return formatProblem(text, findRemedy(first, meant, definition) ?? help);
}

function findRemedy(
  problem: string,
  meant: string,
  definition: CommandDefinition | undefined,
): string | undefined {
  if (meant !== '') return meant;
  const has = (wanted: string): boolean =>
    definition?.options?.some(({ name }) => name === wanted) === true;
  const [, unknown = ''] = /^unknown option '(?<option>[^']*)'/u.exec(problem) ?? [];
  const renamed = RENAMED[unknown];
  if (renamed !== undefined && has('output')) return `Did you mean ${renamed}?`;
  return problem.startsWith("option '-o, --output") && has('out')
    ? 'A file or folder is named with --out'
    : undefined;
}
