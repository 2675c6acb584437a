/** The completion script of fish. Source: fish documentation, complete. */
import type { Completed, CompletedCommand, CompletedOption } from './plan-completion.ts';

/** A file to be called holdfast.fish, in fish's folder of completions; or to source. */
export function formatFish(commands: readonly CompletedCommand[]): string {
  return [
    '# Completion of holdfast for fish. Made by: holdfast completion fish',
    formatPaths(commands),
    AT,
    'complete -c holdfast -f',
    ...commands.flatMap(linesOf),
  ].join('\n');
}

/** The commands that have others below them, which the position in a line is found by. */
function formatPaths(commands: readonly CompletedCommand[]): string {
  const below = commands.flatMap(({ path, commands: words }) =>
    words.map(({ word }) => `${path} ${word}`.trim()),
  );
  const valued = commands.flatMap(({ path, options }) =>
    options
      .filter(({ value }) => value.kind !== 'none')
      .flatMap(({ names }) => names.map((name) => `${path} ${name}`)),
  );
  return [
    `set -g __holdfast_paths ${below.map(quote).join(' ')}`,
    `set -g __holdfast_valued ${valued.map(quote).join(' ')}`,
  ].join('\n');
}

function linesOf({ path, commands, options, argument }: CompletedCommand): readonly string[] {
  const at = `complete -c holdfast -n ${quote(`__holdfast_at "${path}"`)}`;
  return [
    ...commands.map(({ word, summary }) => `${at} -a ${word} -d ${quote(summary)}`),
    ...formatArgument(at, argument),
    ...options.map((option) => `${at} ${formatOption(option)}`),
  ];
}

function formatArgument(at: string, argument: Completed): readonly string[] {
  const answer = answerOf(argument);
  return answer === '' ? [] : [`${at} ${answer}`];
}

function formatOption({ names, summary, value }: CompletedOption): string {
  const flags = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  // -x: a value follows, and it is none of the files.
  const follows = { none: [], text: ['-x'], words: ['-x'], file: ['-r'], folder: ['-x'] } as const;
  const answer = answerOf(value);
  return [
    ...flags,
    ...follows[value.kind],
    ...(answer === '' ? [] : [answer]),
    `-d ${quote(summary)}`,
  ].join(' ');
}

function answerOf(completed: Completed): string {
  switch (completed.kind) {
    case 'words':
      return `-a ${quote(completed.words.join(' '))}`;
    case 'file':
      return '-F';
    case 'folder':
      return `-a '(__fish_complete_directories)'`;
    case 'text':
    case 'none':
      return '';
  }
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
}

const AT = String.raw`
function __holdfast_at
    set -l tokens (commandline -opc)
    set -e tokens[1]
    set -l path ''
    set -l isValue no
    for token in $tokens
        if test $isValue = yes
            set isValue no
        else if string match -q -- '-*' $token
            if contains -- "$path $token" $__holdfast_valued
                set isValue yes
            end
        else if test "$token" != help
            set -l longer (string trim -- "$path $token")
            if contains -- $longer $__holdfast_paths
                set path $longer
            end
        end
    end
    test "$path" = "$argv[1]"
end`;
