/** The completion script of zsh, with a summary beside each word. Source: zshcompsys(1). */
import type { Completed, CompletedCommand } from './plan-completion.ts';

/** A file to be called _holdfast, in a folder of fpath; or to source. */
export function formatZsh(commands: readonly CompletedCommand[]): string {
  return [
    '#compdef holdfast',
    '# Completion of holdfast for zsh. Made by: holdfast completion zsh',
    table('__holdfast_commands', commands.map(caseOfCommands)),
    table('__holdfast_options', commands.map(caseOfOptions)),
    table('__holdfast_argument', commands.map(caseOfArgument)),
    table('__holdfast_value', commands.flatMap(casesOfValues)),
    COMPLETE,
  ].join('\n');
}

/** A pattern, and the words of an array. */
type Case = readonly [pattern: string, words: readonly string[]];

function caseOfCommands({ path, commands }: CompletedCommand): Case {
  return [path, commands.map(({ word, summary }) => `${word}:${summary}`)];
}

function caseOfOptions({ path, options }: CompletedCommand): Case {
  return [path, options.flatMap(({ names, summary }) => names.map((name) => `${name}:${summary}`))];
}

function caseOfArgument({ path, argument }: CompletedCommand): Case {
  return [path, wordsOf(argument)];
}

function casesOfValues({ path, options }: CompletedCommand): readonly Case[] {
  return options.flatMap(({ names, value }) =>
    names.map((name): Case => [`${path} ${name}`, wordsOf(value)]),
  );
}

function wordsOf(completed: Completed): readonly string[] {
  if (completed.kind === 'none') return [];
  return completed.kind === 'words' ? ['words', ...completed.words] : [completed.kind];
}

/** A function of zsh that leaves its answer in the array reply. */
function table(name: string, cases: readonly Case[]): string {
  const lines = cases
    .filter(([, words]) => words.length > 0)
    .map(([pattern, words]) => `    ${quote(pattern)}) reply=(${words.map(quote).join(' ')}) ;;`);
  return [`${name}() {`, '  reply=()', '  case $1 in', ...lines, '  esac', '}'].join('\n');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

const COMPLETE = String.raw`
_holdfast() {
  local command='' word
  local -a reply value found
  # What stands before the cursor, without the name of the program.
  for word in "${'$'}{(@)words[2,CURRENT-1]}"; do
    if (( $#value )); then
      value=()
    elif [[ $word == -*=* ]]; then
      :
    elif [[ $word == -* ]]; then
      __holdfast_value "$command $word"
      value=("${'$'}{reply[@]}")
    elif [[ -z $command && $word == help ]]; then
      :
    else
      __holdfast_commands "$command"
      found=("${'$'}{(@)reply%%:*}")
      if (( ${'$'}{found[(Ie)$word]} )); then command=${'$'}{command:+$command }$word; fi
    fi
  done
  local current=${'$'}{words[CURRENT]}
  if (( ! $#value )) && [[ $current == -*=* ]]; then
    __holdfast_value "$command ${'$'}{current%%=*}"
    value=("${'$'}{reply[@]}")
    compset -P '*='
  fi
  if (( ! $#value )); then
    if [[ $current == -* ]]; then
      __holdfast_options "$command"
      _describe option reply
      return
    fi
    __holdfast_commands "$command"
    if (( $#reply )); then
      _describe command reply
      return
    fi
    __holdfast_argument "$command"
    value=("${'$'}{reply[@]}")
  fi
  case ${'$'}{value[1]} in
    words) compadd -- "${'$'}{(@)value[2,-1]}" ;;
    file) _files ;;
    folder) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _holdfast ]]; then
  _holdfast "$@"
else
  compdef _holdfast holdfast
fi`;
